/** Values as the server writes them in JSON. */
import { Moment, readWhen, Zone } from "./calendar"
import { readNum } from "./decimals"
import { Money, type Facts, type Value } from "./values"

export type Written =
  | null
  | boolean
  | string
  | string[]
  | { number: string }
  | { amount: string; currency: string }
  | { day: string }
  | { moment: string }
  | { other: boolean } // of which can be asked only whether it is empty

export interface WrittenFacts {
  now: string
  zone: string
  user: string | null
  roles: string[]
  teams: string[]
}

const UTC = new Zone("UTC")

/** The value that the server wrote. */
export const readWritten = (written: Written): Value => {
  if (written === null || typeof written !== "object" || Array.isArray(written)) return written
  if ("number" in written) return readNum(written.number)
  if ("amount" in written) return new Money(readNum(written.amount)!, written.currency)
  if ("other" in written) return written.other || null
  return readWhen("day" in written ? written.day : written.moment, UTC)
}

/** The zone of a name; UTC where the browser doesn't know it. */
const zoneOf = (name: string): Zone => {
  try {
    return new Zone(name)
  } catch {
    return UTC
  }
}

/** Who asks, and what the time is for them; it goes on while the page is open. */
export const readFacts = (written: WrittenFacts, elapsed = 0): Facts => {
  const then = readWhen(written.now, UTC)
  const now = new Moment((then instanceof Moment ? then.at : 0n) + BigInt(Math.round(elapsed)) * 1000n)
  return { ...written, now, zone: zoneOf(written.zone) }
}
