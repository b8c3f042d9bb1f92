/**
 * What the functions of the language do with values. All are total: an empty value or one of the
 * wrong kind gives the empty value, or false where the language says so.
 */
import * as calendar from "./calendar"
import { Day } from "./calendar"
import { absolute, ceil, cutToInteger, floor, integer, Num, roundTo } from "./decimals"
import { amountOf, cut, isWhen, Money, order, sameKind, type Facts, type Value } from "./values"

type Call = (facts: Facts, ...values: Value[]) => Value

const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "g")

const whole = (value: Value | undefined): number | null => (value instanceof Num ? cutToInteger(value) : null)

const onText =
  (change: (text: string) => string): Call =>
  (_, value) =>
    typeof value === "string" ? cut(change(value)) : null

const onNumber =
  (change: (number: Num) => Num): Call =>
  (_, value) =>
    value instanceof Money ? new Money(change(value.amount), value.currency) : value instanceof Num ? change(value) : null

const searching =
  (found: (text: string, part: string) => boolean): Call =>
  (_, value, part) => {
    if (Array.isArray(value)) return value.includes(part as string)
    return typeof value === "string" && typeof part === "string" && found(value.toLowerCase(), part.toLowerCase())
  }

const some =
  (take: (letters: string[], count: number) => string[]): Call =>
  (_, value, count) => {
    const size = whole(count)
    return typeof value === "string" && size !== null && size > 0 ? take([...value], size).join("") || null : null
  }

const asText = (value: Value): string => {
  if (value instanceof Money) return `${value.amount} ${value.currency}`
  if (isWhen(value)) return value instanceof Day ? calendar.isoDay(value) : calendar.isoMoment(value)
  return typeof value === "boolean" ? (value ? "True" : "False") : String(value)
}

/** The smallest or largest of the values that are not empty; empty for amounts of several currencies. */
const best =
  (isBetter: (order: number) => boolean): Call =>
  (facts, ...values) => {
    const currencies = new Set(values.flatMap((value) => (value instanceof Money ? [value.currency] : [])))
    if (currencies.size > 1) return null
    let found: Value = null
    for (let value of values.map(amountOf)) {
      if (found === null) found = value
      else if (value !== null) {
        ;[value, found] = sameKind(value, found, facts)
        if (value!.constructor !== found!.constructor) return null
        if (isBetter(order(value, found))) found = value
      }
    }
    const [currency] = currencies
    return currency && found instanceof Num ? new Money(found, currency) : found
  }

const ofDay =
  (part: (day: Day) => number): Call =>
  (facts, value) =>
    isWhen(value) ? integer(part(facts.zone.day(value))) : null

const between =
  (count: (one: Day, other: Day) => number): Call =>
  (facts, one, other) =>
    isWhen(one) && isWhen(other) ? integer(count(facts.zone.day(one), facts.zone.day(other))) : null

const fromNow =
  (sign: number): Call =>
  (facts, days) => {
    const count = whole(days)
    return count === null ? null : calendar.daysFrom(facts.now, sign * count)
  }

const unit =
  (find: (when: calendar.When, unit: string, zone: calendar.Zone) => Value): Call =>
  (facts, value, name) =>
    isWhen(value) ? find(value, String(name), facts.zone) : null

export const call: Record<string, Call> = {
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.replace(ENDS, "")),
  length: (_, value) => (typeof value === "string" ? integer([...value].length) : null),
  left: some((letters, count) => letters.slice(0, count)),
  right: some((letters, count) => letters.slice(-count)),
  replace: (_, value, what, by) => {
    if (typeof value !== "string" || typeof what !== "string") return typeof value === "string" ? value : null
    return cut(value.split(what).join(typeof by === "string" ? by : ""))
  },
  concat: (_, ...values) => cut(values.filter((value) => value !== null).map(asText).join("")),
  contains: searching((text, part) => text.includes(part)),
  starts_with: searching((text, part) => text.startsWith(part)),
  ends_with: searching((text, part) => text.endsWith(part)),
  abs: onNumber(absolute),
  round: (facts, value, places = integer(0)) => {
    const count = whole(places)
    return count === null ? null : onNumber((number) => roundTo(number, count))(facts, value!)
  },
  floor: onNumber(floor),
  ceil: onNumber(ceil),
  min: best((order) => order < 0),
  max: best((order) => order > 0),
  is_empty: (_, value) => value === null || (Array.isArray(value) && value.length === 0),
  coalesce: (_, ...values) => values.find((value) => value !== null) ?? null,
  case: (_, ...values) => {
    for (let at = 0; at + 1 < values.length; at += 2) if (values[at] === true) return values[at + 1]!
    return values.length % 2 ? values[values.length - 1]! : null
  },
  today: (facts) => facts.zone.day(facts.now),
  now: (facts) => facts.now,
  days_ago: fromNow(-1),
  days_from_now: fromNow(1),
  date: (_, ...values) => {
    const [year, month, day] = values.map(whole)
    return calendar.dayOf(year ?? 0, month ?? 0, day ?? 0)
  },
  start_of: unit(calendar.startOf),
  end_of: unit(calendar.endOf),
  year: ofDay((day) => calendar.parts(day)[0]),
  month: ofDay((day) => calendar.parts(day)[1]),
  day: ofDay((day) => calendar.parts(day)[2]),
  weekday: ofDay((day) => (day.at % 7) + 1),
  days_between: between((one, other) => other.at - one.at),
  business_days_between: between(calendar.businessDaysBetween),
  add_business_days: (facts, value, count) => {
    const steps = whole(count)
    return isWhen(value!) && steps !== null ? calendar.addBusinessDays(facts.zone.day(value), steps) : null
  },
  currency: (_, value) => (value instanceof Money ? value.currency : null),
  has_role: (facts, role) => facts.roles.includes(role as string),
}
