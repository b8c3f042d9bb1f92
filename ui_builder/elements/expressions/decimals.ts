/**
 * Exact decimal numbers, reckoned with as the server does: 28 significant digits, half-even, and
 * nothing beyond 10^18. What has no result is null.
 */
const DIGITS = 28
const MOST_PLACES = 10
const LARGEST = 10n ** 18n

const ten = (power: number): bigint => 10n ** BigInt(power)
const size = (value: bigint): bigint => (value < 0n ? -value : value)
const length = (value: bigint): number => size(value).toString().length

/** `digits` / 10^`places`; places are never negative. */
export class Num {
  readonly digits: bigint
  readonly places: number

  constructor(digits: bigint, places: number) {
    this.digits = places < 0 ? digits * ten(-places) : digits
    this.places = Math.max(0, places)
  }

  /** In digits, without zeros at the end. */
  toString(): string {
    const text = size(this.digits).toString().padStart(this.places + 1, "0")
    const at = text.length - this.places
    const behind = text.slice(at).replace(/0+$/, "")
    return `${this.digits < 0n ? "-" : ""}${text.slice(0, at)}${behind ? `.${behind}` : ""}`
  }
}

/** A number from a text such as -1.50 or 1e17; null where there is none. */
export const readNum = (text: string): Num | null => {
  const found = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)
  if (!found || !(found[2] || found[3])) return null
  const digits = BigInt(`${found[2]}${found[3]}`)
  return new Num(found[1] === "-" ? -digits : digits, found[3]!.length - Number(found[4] ?? 0))
}

const known = new Map<string, Num>()

/** The number that stands in an expression. */
export const n = (text: string): Num => {
  let number = known.get(text)
  if (!number) known.set(text, (number = readNum(text)!))
  return number
}

export const integer = (value: number): Num => new Num(BigInt(value), 0)

/** How one number compares with another: below, at or above zero. */
export const compare = (a: Num, b: Num): number => {
  const places = Math.max(a.places, b.places)
  const rest = a.digits * ten(places - a.places) - b.digits * ten(places - b.places)
  return rest < 0n ? -1 : rest > 0n ? 1 : 0
}

const floorDivide = (a: bigint, b: bigint): bigint => {
  const whole = a / b
  return a % b !== 0n && a % b < 0n !== b < 0n ? whole - 1n : whole
}

const divideEven = (digits: bigint, by: bigint): bigint => {
  const below = floorDivide(digits, by)
  const twice = (digits - below * by) * 2n
  return twice > by || (twice === by && below % 2n !== 0n) ? below + 1n : below
}

const fitted = (digits: bigint, places: number): Num | null => {
  const over = length(digits) - DIGITS
  if (over > Math.max(0, places)) return null
  const number = over > 0 ? new Num(divideEven(digits, ten(over)), places - over) : new Num(digits, places)
  return size(number.digits) > LARGEST * ten(number.places) ? null : number
}

const aligned = (a: Num, b: Num): [bigint, bigint, number] => {
  const places = Math.max(a.places, b.places)
  return [a.digits * ten(places - a.places), b.digits * ten(places - b.places), places]
}

const divide = (a: Num, b: Num): Num | null => {
  if (b.digits === 0n) return null
  const more = Math.max(0, DIGITS + 2 + length(b.digits) - length(a.digits))
  const digits = a.digits * ten(more)
  const places = a.places + more - b.places
  const whole = digits / b.digits
  if (digits % b.digits === 0n) return fitted(whole, places)
  const tail = digits < 0n !== b.digits < 0n ? -1n : 1n // that there is more decides halves
  return fitted(whole * 10n + tail, places + 1)
}

const floorOf = (a: Num, b: Num): bigint | null => {
  const [one, other] = aligned(a, b)
  return other === 0n ? null : floorDivide(one, other)
}

const modulo = (a: Num, b: Num): Num | null => {
  const whole = floorOf(a, b)
  if (whole === null || size(whole) > LARGEST) return null
  const [one, other, places] = aligned(a, b)
  return fitted(one - other * whole, places)
}

const whole = (value: bigint | null): Num | null => (value === null ? null : fitted(value, 0))

export const RECKONING: Record<string, (a: Num, b: Num) => Num | null> = {
  "+": (a, b) => ((([one, other, places]) => fitted(one + other, places))(aligned(a, b))),
  "-": (a, b) => ((([one, other, places]) => fitted(one - other, places))(aligned(a, b))),
  "*": (a, b) => fitted(a.digits * b.digits, a.places + b.places),
  "/": divide,
  "//": (a, b) => whole(floorOf(a, b)),
  "%": modulo,
}

export const negated = (a: Num): Num => new Num(-a.digits, a.places)
export const absolute = (a: Num): Num => new Num(size(a.digits), a.places)
export const floor = (a: Num): Num => new Num(floorDivide(a.digits, ten(a.places)), 0)
export const ceil = (a: Num): Num => negated(floor(negated(a)))

/** A number with so many decimals at most, half-even. */
export const roundTo = (a: Num, places: number): Num => {
  const most = Math.max(0, Math.min(MOST_PLACES, places))
  return a.places <= most ? a : new Num(divideEven(a.digits, ten(a.places - most)), most)
}

/** A number without its decimals. */
export const cutToInteger = (a: Num): number => Number(a.digits / ten(a.places))
