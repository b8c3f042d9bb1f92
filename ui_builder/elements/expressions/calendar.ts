/**
 * Days and moments from the year 1 to 9999, reckoned with as the server does: days of the reader's
 * calendar, moments to the microsecond. Beyond it the answer is null.
 */
const DAYS = 3_652_059
const DAY = 86_400_000_000n // in microseconds
const UNIX = 719_162 // days from 0001-01-01 to 1970-01-01
const MOST_DAYS = 400_000
const MOST_MONTHS = 12_000
const MOST_BUSINESS_DAYS = 100_000

/** A day, counted from 0001-01-01, which was a Monday. */
export class Day {
  constructor(readonly at: number) {}
}

/** A moment, in microseconds from 0001-01-01 in UTC. */
export class Moment {
  constructor(readonly at: bigint) {}
}

export type When = Day | Moment

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value))
const pad = (value: number, to = 2): string => String(value).padStart(to, "0")

export const dayAt = (at: number): Day | null => (at >= 0 && at < DAYS ? new Day(at) : null)
export const momentAt = (at: bigint): Moment | null => (at >= 0n && at < BigInt(DAYS) * DAY ? new Moment(at) : null)
export const midnight = (day: Day): Moment => new Moment(BigInt(day.at) * DAY)
export const utcDay = (moment: Moment): Day => new Day(Number(moment.at / DAY))

/** Year, month and day. */
export const parts = (day: Day): [number, number, number] => {
  const from = day.at + 306 // 0000-03-01
  const era = Math.floor(from / 146_097)
  const rest = from - era * 146_097
  const year = Math.floor((rest - Math.floor(rest / 1460) + Math.floor(rest / 36_524) - Math.floor(rest / 146_096)) / 365)
  const within = rest - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * within + 2) / 153)
  const number = month < 10 ? month + 3 : month - 9
  return [year + era * 400 + (number <= 2 ? 1 : 0), number, within - Math.floor((153 * month + 2) / 5) + 1]
}

const lastOf = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

/** A day by its numbers; null where the calendar has none. */
export const dayOf = (year: number, month: number, day: number): Day | null => {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= lastOf(year, month))) return null
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const within = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const ofEra = (y - era * 400) * 365 + Math.floor((y - era * 400) / 4) - Math.floor((y - era * 400) / 100) + within
  return new Day(era * 146_097 + ofEra - 306)
}

/** A time zone of the world, by what its clocks are ahead of UTC at a moment. */
export class Zone {
  #format: Intl.DateTimeFormat | null

  constructor(readonly name: string) {
    const shown = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const
    this.#format = name === "UTC" ? null : new Intl.DateTimeFormat("en-US", { ...shown, timeZone: name, hourCycle: "h23", era: "short" })
  }

  #ahead(at: bigint): bigint {
    if (!this.#format) return 0n
    const second = at >= 0n ? at / 1_000_000n : -((999_999n - at) / 1_000_000n)
    const read: Record<string, string> = {}
    const unix = Number(second) - UNIX * 86_400
    for (const { type, value } of this.#format.formatToParts(unix * 1000)) read[type] = value
    const [year, month, day, hour, minute, rest] = ["year", "month", "day", "hour", "minute", "second"].map((part) => Number(read[part]))
    const local = read.era === "BC" ? -1 : year! > 9999 ? DAYS : dayOf(year!, month!, day!)!.at
    return BigInt(local * 86_400 + hour! * 3600 + minute! * 60 + rest!) * 1_000_000n - second * 1_000_000n
  }

  /** The day a moment falls on; a day is itself. */
  day(when: When): Day {
    if (when instanceof Day) return when
    const local = when.at + this.#ahead(when.at)
    return (local >= 0n && dayAt(Number(local / DAY))) || utcDay(when)
  }

  /** The moment that clocks show so much; the first, where they show it twice. */
  moment(local: bigint): Moment {
    const before = this.#ahead(local - DAY)
    const after = this.#ahead(local + DAY)
    const fits = [before, after].find((ahead) => this.#ahead(local - ahead) === ahead) ?? before
    return momentAt(local - fits) ?? new Moment(local)
  }

  start(day: Day): Moment {
    return this.moment(midnight(day).at)
  }
}

const months = (day: Day, count: number): Day | null => {
  const [year, month, number] = parts(day)
  const at = year * 12 + month - 1 + clamp(count, MOST_MONTHS)
  const [y, m] = [Math.floor(at / 12), (((at % 12) + 12) % 12) + 1]
  return dayOf(y, m, Math.min(number, lastOf(y, m)))
}

/** A day or moment so many days, weeks, months or hours later. */
export const shift = (when: When, unit: string, count: number, zone: Zone): When | null => {
  if (unit === "months") {
    if (when instanceof Day) return months(when, count)
    const day = months(utcDay(when), count)
    return day && new Moment(midnight(day).at + (when.at % DAY))
  }
  const by = clamp(count, MOST_DAYS)
  if (unit === "hours") {
    const moment = when instanceof Day ? zone.start(when) : when
    return momentAt(moment.at + BigInt(by) * 3_600_000_000n)
  }
  const days = unit === "weeks" ? by * 7 : by
  return when instanceof Day ? dayAt(when.at + days) : momentAt(when.at + BigInt(days) * DAY)
}

const first = (day: Day, unit: string): Day => {
  if (unit === "day") return day
  if (unit === "week") return new Day(day.at - (day.at % 7))
  const [year, month] = parts(day)
  return dayOf(year, unit === "year" ? 1 : unit === "quarter" ? Math.floor((month - 1) / 3) * 3 + 1 : month, 1)!
}

const next = (day: Day, unit: string): Day | null => {
  const days: Record<string, number> = { day: 1, week: 7 }
  const by = days[unit]
  return by ? dayAt(day.at + by) : months(day, { month: 1, quarter: 3, year: 12 }[unit] ?? 0)
}

export const startOf = (when: When, unit: string, zone: Zone): When => {
  const day = first(zone.day(when), unit)
  return when instanceof Day ? day : zone.start(day)
}

export const endOf = (when: When, unit: string, zone: Zone): When | null => {
  const following = next(first(zone.day(when), unit), unit)
  if (!following) return null
  return when instanceof Day ? new Day(following.at - 1) : momentAt(zone.start(following).at - 1n)
}

const businessDays = (day: Day): number => Math.floor(day.at / 7) * 5 + Math.min(day.at % 7, 5)

export const businessDaysBetween = (one: Day, other: Day): number => businessDays(other) - businessDays(one)

export const addBusinessDays = (day: Day, count: number): Day | null => {
  const by = clamp(count, MOST_BUSINESS_DAYS)
  if (!by) return day
  const place = businessDays(day) + by - (by > 0 && day.at % 7 > 4 ? 1 : 0)
  return dayAt(Math.floor(place / 5) * 7 + (((place % 5) + 5) % 5))
}

export const daysFrom = (now: Moment, days: number): Moment => momentAt(now.at + BigInt(clamp(days, MOST_DAYS)) * DAY) ?? now

export const isoDay = (day: Day): string => {
  const [year, month, number] = parts(day)
  return `${pad(year, 4)}-${pad(month)}-${pad(number)}`
}

/** A moment in UTC, with its microseconds where it has some. */
export const isoMoment = (moment: Moment): string => {
  const rest = Number(moment.at % DAY)
  const second = Math.floor(rest / 1_000_000)
  const micro = rest % 1_000_000
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) => pad(part)).join(":")
  return `${isoDay(utcDay(moment))}T${clock}${micro ? `.${pad(micro, 6)}` : ""}Z`
}

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?)?$/

/** A text as a day or moment, if it is written as one; where no zone is named, the reader's. */
export const readWhen = (text: string, zone: Zone): When | null => {
  const found = WRITTEN.exec(text)
  const day = found && dayOf(Number(found[1]), Number(found[2]), Number(found[3]))
  if (!found || !day || found[4] === undefined) return day ?? null
  const [hour, minute, second] = [found[4], found[5], found[6] ?? "0"].map(Number)
  if (hour! > 23 || minute! > 59 || second! > 59) return null
  const clock = BigInt(hour! * 3600 + minute! * 60 + second!) * 1_000_000n + BigInt((found[7] ?? "").padEnd(6, "0"))
  const local = midnight(day).at + clock
  const named = found[8]
  if (named === undefined) return zone.moment(local)
  const ahead = named === "Z" ? 0 : Number(named.slice(1, 3)) * 60 + Number(named.slice(4))
  return momentAt(local - BigInt(named[0] === "-" ? -ahead : ahead) * 60_000_000n) ?? new Moment(local)
}
