/** The conditions of a form, worked out for what is typed into it by now. */
import * as runtime from "../expressions/runtime"
import type { Facts, Given, Value } from "../expressions/values"
import { readFacts, readWritten, type Written } from "../expressions/written"
import type { Plan } from "./plan"
import { readTyped, type Typed } from "./typed"

type Condition = (runtime: object, given: Given) => Value
export type Module = Record<string, Condition | undefined>

const read = (values: Record<string, Written> | null, name: string): Value =>
  values && name in values ? readWritten(values[name]!) : null

export class Conditions {
  #typed = new FormData()
  #isUnsure = false // whether something was asked that can't be read
  #below = new Set<string>() // defaults that are being worked out
  #facts: Facts
  #begun = performance.now()

  constructor(
    readonly plan: Plan,
    readonly module: Module,
  ) {
    this.#facts = readFacts(plan.facts)
  }

  /** Goes on with what is typed now. What is disabled is as it was. */
  look(form: HTMLFormElement): void {
    this.#typed = new FormData(form)
    this.#facts = readFacts(this.plan.facts, performance.now() - this.#begun)
  }

  holds = (name: string): boolean => {
    if (!name) return true
    return name in this.module ? this.value(name) === true : (this.plan.asked[name] ?? false)
  }

  /** Whether a condition surely fails: nothing that it looks at is mistyped. */
  fails(name: string): boolean {
    this.#isUnsure = false
    return !this.holds(name) && !this.#isUnsure
  }

  /** What a function of the module comes to. */
  value(name: string): Value {
    const given: Given = {
      facts: this.#facts,
      isNew: this.plan.old === null,
      get: (asked) => this.#get(asked),
      old: (asked) => read(this.plan.old, asked),
    }
    return this.module[name]?.(runtime, given) ?? null
  }

  #get(name: string): Value {
    const [key, fact] = name.split(".") as [string, string?]
    const isState = this.plan.states.includes(name)
    const stages = Object.keys(this.plan.stages).find((each) => isState || (fact !== undefined && each === key))
    if (stages !== undefined) return this.#stage(stages, name, fact)
    return this.#has(key) && key in this.plan.reads ? this.#input(key) : this.#rest(key, read(this.plan.known, name))
  }

  /** What is known of the stage that is chosen. */
  #stage(key: string, name: string, fact?: string): Value {
    if (!this.#has(key)) return read(this.plan.known, name)
    const stage = this.plan.stages[key]![String(this.#typed.get(key))]
    return fact ? read(stage ?? null, fact) : name === `is_${stage?.category}`
  }

  #has = (key: string): boolean => [...this.#typed.keys()].some((name) => name === key || name.startsWith(`${key}.`))

  #input(key: string): Value {
    const all = this.#typed.getAll(key).map((each) => (typeof each === "string" ? each : each.name))
    const part = (name: string) => String(this.#typed.get(`${key}.${name}`) ?? "")
    const typed: Typed = { last: all.at(-1) ?? "", all, part }
    const value = readTyped(typed, this.plan.reads[key]!, this.#facts.zone)
    this.#isUnsure ||= value === undefined
    return this.#rest(key, value ?? null)
  }

  /** What a new record has where nothing is said. */
  #rest(key: string, value: Value): Value {
    const name = `default_${key}`
    if (value !== null || !(name in this.module) || this.#below.has(key)) return value
    this.#below.add(key)
    const usual = this.value(name)
    this.#below.delete(key)
    return usual
  }
}
