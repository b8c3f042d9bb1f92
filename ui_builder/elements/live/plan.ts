/** What the server tells a form beside its module: which condition decides what, and the values so far. */
import type { Written, WrittenFacts } from "../expressions/written"
import type { Reading } from "./typed"

export interface Check {
  when: string
  check: string
  field: string
  message: string // empty where the server says it
}

export interface Printing {
  as: string
  scale: number
  currency: string
}

export interface Plan {
  show: Record<string, string[]> // by field: the conditions of which one must hold
  require: Record<string, string[]>
  choices: Record<string, Record<string, string>> // by field and choice
  chosen: Record<string, string> // choices that were saved, and stay
  sections: string[]
  checks: Check[]
  formulas: Record<string, Printing>
  shown: Record<string, string> // what those formulas come to that the server is asked about
  asked: Record<string, boolean> // what the server said of conditions that are not in the module
  asks: string[] // inputs about which the server is to be asked again
  reads: Record<string, Reading>
  stages: Record<string, Record<string, Record<string, Written>>> // by field, stage and fact
  known: Record<string, Written>
  old: Record<string, Written> | null
  facts: WrittenFacts
  states: string[] // names that say in which state of its road a record is
  locale: string
}

/** What the server answers while somebody types. */
export interface Answer {
  asked: Record<string, boolean>
  told: Record<string, string> // by the name of a check that does not hold
  faults: Record<string, string> // by field
  shown: Record<string, string> // by formula
}
