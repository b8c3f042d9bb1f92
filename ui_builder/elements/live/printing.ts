/** Values of formulas as the server shows them. */
import { readNum, roundTo, Num } from "../expressions/decimals"
import { amountOf, Money, type Value } from "../expressions/values"
import type { Printing } from "./plan"
import { placesOf } from "./typed"

const grouped = (number: Num, locale: string, options: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(locale, options).format(number.toString() as never) // exact, as text

const amount = (value: Value, currency: string, locale: string): string => {
  const code = value instanceof Money ? value.currency : currency
  const [number, places] = [amountOf(value), placesOf(code)]
  if (!(number instanceof Num) || places === undefined) return ""
  return grouped(roundTo(number, places), locale, { style: "currency", currency: code })
}

/** The words for a value; none for an empty one. */
export const print = (value: Value, { as, scale, currency }: Printing, locale: string): string => {
  if (as === "money") return amount(value, currency, locale)
  if (as === "text") return typeof value === "string" ? value.trim() : ""
  const number = amountOf(value)
  if (!(number instanceof Num)) return ""
  const places = as === "whole" ? 0 : scale
  const rounded = readNum(roundTo(number, places).toString())!
  const least = as === "percent" ? 0 : places
  return `${grouped(rounded, "en", { minimumFractionDigits: least, maximumFractionDigits: places })}${as === "percent" ? "%" : ""}`
}
