/**
 * What is typed into a form, as values of expressions: read as the server reads it. What the server
 * would refuse, or only it can read, is undefined.
 */
import { Day, Moment, readWhen, type Zone } from "../expressions/calendar"
import { compare, readNum, roundTo, type Num } from "../expressions/decimals"
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
const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,2})?$/i

const number = (typed: string, { min, max, scale }: Reading): Num | null | undefined => {
  let text = typed.replace(/[\s']/g, "").replace("\u2212", "-")
  if (!text) return null
  if (ENGLISH.test(text)) text = text.replaceAll(",", "")
  else if (EUROPEAN.test(text)) text = text.replaceAll(".", "").replace(",", ".")
  const found = PLAIN.test(text) ? readNum(text) : null
  if (!found) return undefined
  if (min !== undefined && compare(found, readNum(min)!) < 0) return undefined
  if (max !== undefined && compare(found, readNum(max)!) > 0) return undefined
  return scale === undefined ? found : roundTo(found, Number(scale))
}

/** How many decimals a currency has; none is known of what is no currency. */
export const placesOf = (currency: string): number | undefined => {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits
  } catch {
    return undefined
  }
}

const money: Read = (typed, reading) => {
  const found = /^([a-z]{3})?\s*([^a-z]*?)\s*([a-z]{3})?$/i.exec(typed.part("amount").trim())
  const amount = found && number(found[2]!, reading)
  if (!found || !amount) return found ? amount : undefined
  const currency = (found[1] ?? found[3] ?? (typed.part("currency").trim() || reading.currency)).toUpperCase()
  const places = placesOf(currency)
  return places === undefined ? undefined : new Money(roundTo(amount, places), currency)
}

const text: Read = ({ last }) => last.normalize("NFC").replace(/\r\n?/g, "\n").trim() || null

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
  truth: ({ last }) => (last ? last === "true" : null),
  key: ({ last }) => last || null,
  keys: ({ all }) => (all.some(Boolean) ? all.filter(Boolean) : null),
  number: ({ last }, reading) => number(last, reading),
  whole: ({ last }, reading) => {
    const found = number(last, reading)
    return found && found.places && compare(found, roundTo(found, 0)) ? undefined : found
  },
  percent: ({ last }, reading) => number(last.trim().replace(/%$/, ""), reading),
  day: when(Day),
  moment: when(Moment),
}

export const readTyped = (typed: Typed, reading: Reading, zone: Zone): Value | undefined =>
  READERS[reading.as]?.(typed, reading, zone)
