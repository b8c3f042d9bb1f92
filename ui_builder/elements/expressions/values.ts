/**
 * The values that expressions know, and what is equal, less or joined. The empty value is null.
 */
import { Day, Moment, readWhen, shift as shifted, type When, type Zone } from "./calendar"
import { compare, cutToInteger, negated, Num, RECKONING } from "./decimals"

/** An amount in a currency. */
export class Money {
  constructor(
    readonly amount: Num,
    readonly currency: string,
  ) {}
}

export type Value = null | boolean | string | string[] | Num | Money | Day | Moment

/** What an expression may know besides the record: the moment, the reader's zone, and the reader. */
export interface Facts {
  now: Moment
  zone: Zone
  user: string | null
  roles: string[]
  teams: string[]
}

/** What one evaluation works with; `old` answers null throughout where the record is new. */
export interface Given {
  facts: Facts
  isNew: boolean
  get(name: string): Value
  old(name: string): Value
}

const LONGEST_TEXT = 20_000

/** A text of the language: never longer than it may be, and empty when nothing is in it. */
export const cut = (text: string): string | null =>
  text.length <= LONGEST_TEXT ? text || null : [...text].slice(0, LONGEST_TEXT).join("")

const kind = (value: Value): unknown => (value === null || typeof value !== "object" ? typeof value : value.constructor)
export const isWhen = (value: Value): value is When => value instanceof Day || value instanceof Moment
export const amountOf = (value: Value): Value => (value instanceof Money ? value.amount : value)

/** Two values made comparable: a written day, a day beside a moment, money beside a number. */
export const sameKind = (one: Value, other: Value, facts: Facts): [Value, Value] => {
  if (one instanceof Money && other instanceof Num) one = one.amount
  if (other instanceof Money && one instanceof Num) other = other.amount
  if (typeof one === "string" && isWhen(other)) one = readWhen(one, facts.zone) ?? one
  if (typeof other === "string" && isWhen(one)) other = readWhen(other, facts.zone) ?? other
  if (one instanceof Day && other instanceof Moment) one = facts.zone.start(one)
  if (other instanceof Day && one instanceof Moment) other = facts.zone.start(other)
  return [one, other]
}

const isSame = (one: Value, other: Value): boolean => {
  if (one === null || other === null || kind(one) !== kind(other)) return one === other
  if (Array.isArray(one)) return JSON.stringify(one) === JSON.stringify(other)
  if (one instanceof Money) return one.currency === (other as Money).currency && isSame(one.amount, (other as Money).amount)
  return typeof one === "object" ? order(one, other) === 0 : one === other
}

/** How a value stands to another of its kind: below, at or above zero. */
export const order = (one: Value, other: Value): number => {
  if (one instanceof Num) return compare(one, other as Num)
  const [a, b] = isWhen(one) ? [one.at, (other as When).at] : [one!, other!]
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether two values are the same; two empty ones are. */
export const equal = (one: Value, other: Value, facts: Facts): boolean => isSame(...sameKind(one, other, facts))

const ORDERS: Record<string, (order: number) => boolean> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
}

/** Whether one value comes before or after another; never when one is empty. */
export const ordered = (sign: string, one: Value, other: Value, facts: Facts): boolean => {
  const [a, b] = sameKind(one, other, facts)
  if (a === null || b === null || kind(a) !== kind(b)) return false
  if (a instanceof Money && a.currency !== (b as Money).currency) return false
  return ORDERS[sign]!(order(amountOf(a), amountOf(b)))
}

export const among = (one: Value, items: Value[], facts: Facts): boolean => items.some((item) => equal(one, item, facts))
export const within = (one: Value, many: Value): boolean => Array.isArray(many) && many.includes(one as string)

export const negative = (value: Value): Value =>
  value instanceof Money ? new Money(negated(value.amount), value.currency) : value instanceof Num ? negated(value) : null

const money = (amount: Num | null, currency: string): Value => (amount && currency ? new Money(amount, currency) : amount)

/** Two numbers, amounts of money or texts, joined by a sign. */
export const join = (sign: string, a: Value, b: Value): Value => {
  const reckon = RECKONING[sign]!
  const isRatio = sign === "/" || sign === "//"
  if (a instanceof Num && b instanceof Num) return reckon(a, b)
  if (typeof a === "string" && typeof b === "string") return sign === "+" ? cut(a + b) : null
  if (a instanceof Money && b instanceof Money) {
    if (a.currency !== b.currency || sign === "*") return null
    return money(reckon(a.amount, b.amount), isRatio ? "" : a.currency)
  }
  if (a instanceof Money && b instanceof Num) return money(reckon(a.amount, b), a.currency)
  if (a instanceof Num && b instanceof Money) return money(reckon(a, b.amount), isRatio ? "" : b.currency)
  return null
}

/** A day or moment moved by a period. */
export const shift = (sign: string, value: Value, unit: string, count: Value, facts: Facts): Value => {
  if (!isWhen(value) || !(count instanceof Num)) return null
  const steps = cutToInteger(count)
  return shifted(value, unit, sign === "+" ? steps : -steps, facts.zone)
}

/** Whether a field is to have another value than it had, and perhaps a certain one. */
export const changed = (given: Given, name: string, ...wanted: Value[]): boolean => {
  const now = given.get(name)
  return !isSame(now, given.old(name)) && wanted.every((value) => equal(value, now, given.facts))
}
