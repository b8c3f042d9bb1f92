// Works out expressions as a form does: each line asked is one expression and the records it is about.
import { createInterface } from "node:readline"

const { runtime, written, decimals, calendar, values } = await import(process.argv[2])

const shown = (value) => {
  if (value === undefined) throw new Error("undefined")
  if (value instanceof decimals.Num) return { number: String(value) }
  if (value instanceof values.Money) return { amount: String(value.amount), currency: value.currency }
  if (value instanceof calendar.Day) return { day: calendar.isoDay(value) }
  return value instanceof calendar.Moment ? { moment: calendar.isoMoment(value) } : value
}

const about = ({ values: now, old }, facts) => ({
  facts,
  isNew: old === null,
  get: (name) => written.readWritten(now[name] ?? null),
  old: (name) => written.readWritten(old?.[name] ?? null),
})

for await (const line of createInterface({ input: process.stdin })) {
  const { module, facts, records } = JSON.parse(line)
  const known = written.readFacts(facts)
  let answer
  try {
    const { asked } = await import(`data:text/javascript,${encodeURIComponent(module)}`)
    answer = records.map((record) => shown(asked(runtime, about(record, known))))
  } catch (trouble) {
    answer = { trouble: `${trouble.stack}` }
  }
  console.log(JSON.stringify(answer))
}
