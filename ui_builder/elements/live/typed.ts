/**
 * What is typed into a form, as values of expressions: read as the server reads it. What the server
 * would refuse, or only it can read, is undefined.
 */
import { Day, Moment, readWhen, type Zone } from "../expressions/calendar"
import { absolute, compare, readNum, roundTo, type Num } from "../expressions/decimals"
import { Money, type Value } from "../expressions/values"

/** How one input is read: `as` names the reader. */
export interface Reading {
  as: string
  currency: string
  min?: string
  max?: string
  scale?: string
}

type Read = (typed: Typed, reading: Reading, zone: Zone) => Value | undefined

/** What one input holds: its last value, all of them, and its parts. */
export interface Typed {
  last: string
  all: string[]
  part(name: string): string
}

const ENGLISH = /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/
const EUROPEAN = /^[-+]?(\d{1,3}(\.\d{3})*,\d+|\d{1,3}(\.\d{3}){2,})$/
const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?[01]?\d)?$/i
const LARGEST = { number: "1e9", whole: "9007199254740991", money: "99999999999999" } // what all fields hold

const number = (typed: string, { min, max, scale }: Reading, kind: keyof typeof LARGEST): Num | null | undefined => {
  if (!typed.trim()) return null
  let text = typed.trim().replace(/[ '\u00a0\u202f\u2009]/g, "").replaceAll("\u2212", "-")
  if (ENGLISH.test(text)) text = text.replaceAll(",", "")
  else if (EUROPEAN.test(text)) text = text.replaceAll(".", "").replace(",", ".")
  const found = PLAIN.test(text) ? readNum(text) : null
  if (!found || compare(absolute(found), readNum(LARGEST[kind])!) > 0) return undefined
  if (min !== undefined && compare(found, readNum(min)!) < 0) return undefined
  if (max !== undefined && compare(found, readNum(max)!) > 0) return undefined
  return scale === undefined ? found : roundTo(found, Number(scale))
}

/** How many decimals a currency has; none is known of what is no currency. */
export const placesOf = (currency: string): number | undefined =>
  currencies().has(currency)
    ? new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits
    : undefined

let codes: Set<string> | undefined
const currencies = (): Set<string> => (codes ??= new Set(Intl.supportedValuesOf("currency")))

const money: Read = (typed, reading) => {
  if (!typed.part("amount").trim()) return null
  const found = /^([a-z]{3})?\s*([^a-z]+?)\s*([a-z]{3})?$/i.exec(typed.part("amount").trim())
  const amount = found && number(found[2]!, reading, "money")
  if (!found || !amount) return found ? amount : undefined
  const currency = (found[1] ?? found[3] ?? (typed.part("currency").trim() || reading.currency)).toUpperCase()
  const places = placesOf(currency)
  return places === undefined ? undefined : new Money(roundTo(amount, places), currency)
}

const text: Read = ({ last }, { max }) => {
  const found = last.normalize("NFC").replace(/\r\n?/g, "\n").trim()
  const isTooLong = max !== undefined && [...found].length > Number(max)
  return isTooLong || /[\0\p{Cs}]/u.test(found) ? undefined : found || null
}

const when =
  (kind: typeof Day | typeof Moment): Read =>
  ({ last }, _, zone) => {
    if (!last.trim()) return null
    const found = readWhen(last.trim(), zone)
    return found instanceof kind ? found : undefined
  }

const READERS: Record<string, Read> = {
  text,
  money,
  truth: ({ last }) => ({ "": null, true: true, false: false })[last],
  key: ({ last }) => last || null,
  keys: ({ all }) => (all.some(Boolean) ? all.filter(Boolean) : null),
  number: ({ last }, reading) => number(last, reading, "number"),
  whole: ({ last }, reading) => {
    const found = number(last, reading, "whole")
    return found && found.places && compare(found, roundTo(found, 0)) ? undefined : found
  },
  percent: ({ last }, reading) => number(last.trim().replace(/%$/, ""), reading, "number"),
  day: when(Day),
  moment: when(Moment),
}

export const readTyped = (typed: Typed, reading: Reading, zone: Zone): Value | undefined =>
  READERS[reading.as]?.(typed, reading, zone)
