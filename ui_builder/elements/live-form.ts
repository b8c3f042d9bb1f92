/**
 * A form whose conditions are decided while somebody types: what it asks for, needs and offers, what
 * is wrong, and what follows from what is typed.
 *
 * @example
 * <form><live-form module="/forms/zebra/new/0a1b.js" ask="/forms/zebra/new/asked" plan="{…}">
 *   <div data-field="herd">…</div><fieldset data-section="section_1">…</fieldset>
 * </live-form></form>
 *
 * `ready` says that it listens. The module decides by itself; for the rest the server is asked, after a pause. Without JavaScript all
 * is asked for that may be needed, and the server says the same when the form is sent.
 */
import { Asking } from "./live/asking"
import { Conditions, type Module } from "./live/conditions"
import * as marks from "./live/marks"
import type { Answer, Plan } from "./live/plan"
import { print } from "./live/printing"
import { announce } from "./page"

const ROUNDS = 4 // what is hidden may hide what depends on it

export class LiveForm extends HTMLElement {
  static readonly tag = "live-form"
  #plan!: Plan
  #conditions!: Conditions
  #told: Record<string, string> = {} // by the server, of checks
  #faults: Record<string, string> = {} // by the server, of what fields don't offer
  #kept: Record<string, string> = {} // what was said of fields when the form was sent, until they change
  #touched = new Set<string>()
  #first: Record<string, string> = {} // what formulas came to at first
  #asking!: Asking

  async connectedCallback(): Promise<void> {
    this.#plan = JSON.parse(this.getAttribute("plan")!) as Plan
    const module = await (import(/* @vite-ignore */ this.getAttribute("module")!) as Promise<Module>).catch(() => null)
    if (!module) return this.#reveal()
    this.#conditions = new Conditions(this.#plan, module)
    this.#asking = new Asking(this.getAttribute("ask")!, this.#form, this.#hear)
    this.#adopt()
    this.addEventListener("input", this.#typed)
    this.addEventListener("focusout", this.#touch)
    this.addEventListener("change", this.#touch)
    this.#judge()
    this.toggleAttribute("ready", true)
  }

  get #form(): HTMLFormElement {
    return this.closest("form")!
  }

  #field = (key: string): HTMLElement | null => this.querySelector<HTMLElement>(`[data-field="${key}"], [data-follows="${key}"]`)

  /** Without its module the form is as it is without script. */
  #reveal(): void {
    for (const part of this.querySelectorAll("[data-unasked]")) part.removeAttribute("data-unasked")
  }

  /** Goes on from what was drawn. What was said of a check is taken back once it holds. */
  #adopt(): void {
    Object.assign(this.#first, this.#plan.shown)
    for (const key of Object.keys(this.#plan.formulas)) this.#first[key] = this.#print(key)
    const checks = new Set(this.#plan.checks.map(({ message }) => message))
    for (const said of this.querySelectorAll<HTMLElement>("[data-field] > .field__error")) {
      const [key, words] = [(said.parentElement as HTMLElement).dataset.field!, said.textContent!.trim()]
      said.dataset.live = ""
      this.#touched.add(key)
      if (!checks.has(words)) this.#kept[key] = words
    }
  }

  #keyOf = (event: Event): string => (event.target as HTMLElement).closest<HTMLElement>("[data-field]")?.dataset.field ?? ""

  #touch = (event: Event): void => {
    this.#touched.add(this.#keyOf(event))
    this.#judge()
  }

  #typed = (event: Event): void => {
    if ((event.target as HTMLElement).getAttribute("role") === "combobox") return // it tells what was chosen
    delete this.#kept[this.#keyOf(event)]
    this.#judge()
    if (this.#plan.asks.includes(this.#keyOf(event))) this.#asking.soon()
  }

  #hear = (said: Answer): void => {
    Object.assign(this.#plan.asked, said.asked)
    ;[this.#told, this.#faults] = [said.told, said.faults]
    for (const key of this.#plan.asks) delete this.#kept[key]
    for (const [key, words] of Object.entries(said.shown)) this.#show(key, words)
    this.#judge()
  }

  #judge(): void {
    const shown = new Set<string>()
    for (let round = 0; round < ROUNDS && this.#arrange(shown); round++);
    if (shown.size) announce(`Now asked for: ${[...shown].join(", ")}`)
    const [plan, holds] = [this.#plan, this.#conditions.holds]
    for (const [key, names] of Object.entries(plan.require)) marks.need(this.#field(key)!, names.some(holds))
    for (const key of Object.keys(plan.formulas)) this.#show(key, this.#print(key))
    this.#tell()
  }

  /** Shows and hides what conditions say. Answers whether that changed anything. */
  #arrange(shown: Set<string>): boolean {
    this.#conditions.look(this.#form)
    const before = this.querySelectorAll("[data-unasked]").length
    const parts = [
      ...this.#plan.sections.map((name) => [this.querySelector(`[data-section="${name}"]`), [name]] as const),
      ...Object.entries(this.#plan.show).map(([key, names]) => [this.#field(key), names] as const),
    ]
    for (const [part, names] of parts) {
      if (part && marks.ask(part, names.some(this.#conditions.holds))) shown.add(marks.labelOf(part))
    }
    return this.querySelectorAll("[data-unasked]").length !== before
  }

  /** Says beside its field what is wrong, once somebody was there. */
  #tell(): void {
    const said: Record<string, string> = { ...this.#faults }
    for (const [key, offers] of Object.entries(this.#plan.choices)) {
      const isOffered = (choice: string): boolean => !(choice in offers) || this.#conditions.holds(offers[choice]!)
      said[key] = marks.offer(this.#field(key)!, isOffered, this.#plan.chosen[key])
    }
    for (const { when, check, field, message } of this.#plan.checks) {
      said[field] ||= ""
      if (!this.#touched.has(field) || said[field]) continue
      if (!message) said[field] = this.#told[check] ?? ""
      else if (this.#conditions.holds(when) && this.#conditions.fails(check)) said[field] = message
    }
    for (const [key, words] of Object.entries(this.#kept)) said[key] ||= words
    const template = this.querySelector<HTMLTemplateElement>("template[data-wrong]")!
    for (const field of this.querySelectorAll<HTMLElement>("[data-field]")) {
      const message = said[field.dataset.field!] ?? ""
      if (marks.tell(field, message, template)) announce(`${marks.labelOf(field)}: ${message}`)
    }
  }

  #print = (key: string): string => print(this.#conditions.value(`value_${key}`), this.#plan.formulas[key]!, this.#plan.locale)

  #show(key: string, words: string): void {
    const part = this.#field(key)
    if (part) marks.show(part, words === this.#first[key] ? null : words)
  }
}

customElements.define(LiveForm.tag, LiveForm)
