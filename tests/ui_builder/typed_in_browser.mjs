// Reads what is typed as a form does, and prints what formulas come to: one line of cases, one of answers.
import { createInterface } from "node:readline"

const { typed, printing, decimals, calendar, values, written } = await import(process.argv[2])

const shown = (value) => {
  if (value === undefined) return { refused: true }
  if (value instanceof decimals.Num) return { number: String(value) }
  if (value instanceof values.Money) return { amount: String(value.amount), currency: value.currency }
  if (value instanceof calendar.Day) return { day: calendar.isoDay(value) }
  return value instanceof calendar.Moment ? { moment: calendar.isoMoment(value) } : value
}

const answer = ({ all, parts, reading, zone, value, print, locale }) => {
  if (print) return printing.print(written.readWritten(value), print, locale)
  const input = { last: all.at(-1) ?? "", all, part: (name) => parts[name] ?? "" }
  return shown(typed.readTyped(input, reading, new calendar.Zone(zone)))
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(JSON.parse(line).map(answer)))
