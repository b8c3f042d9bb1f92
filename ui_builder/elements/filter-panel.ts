/**
 * Builds a filter by rows and by text at once: what is changed in one is said in the other, with
 * what it means in words and how many records fit.
 *
 * @example
 * <filter-panel source="/filters/herd"><details><summary>Filter</summary>
 *   <div data-told></div><form data-rows></form><form data-text><textarea name="where">…</textarea></form>
 * </details></filter-panel>
 *
 * The server reads and draws; an answer that comes too late is dropped. Without JavaScript the text
 * and its button do the same.
 */
import { askFilter } from "./filter-answer"

const [PAUSE, THOUGHT] = [250, 500] // ms after the last key; in the text, half a word is a mistake

type Filled = HTMLSelectElement | HTMLInputElement

const offered = (list: HTMLSelectElement): string => [list, ...list.options].map((each) => each.value).join()

/** Whether one may stay in the other's place. A combobox may not: it belongs to the element around it. */
const isAlike = (one: Filled, other: Filled): boolean => {
  if (one instanceof HTMLSelectElement) return other instanceof HTMLSelectElement && offered(one) === offered(other)
  return one.type === other.type && one.name === other.name && one.role !== "combobox"
}

export class FilterPanel extends HTMLElement {
  static readonly tag = "filter-panel"
  #timer = 0
  #asking: AbortController | null = null
  #wanted = "" // the place that the focus is to go to, once it is there
  #redraw = false // whether the rows are to be drawn anew with the next answer
  #stale = false // whether the text does not say yet what the rows do

  connectedCallback(): void {
    this.#menu.addEventListener("toggle", () => this.#begin())
    this.#rows.addEventListener("input", this.#filled)
    this.#rows.addEventListener("click", this.#done)
    this.#rows.addEventListener("submit", this.#send)
    this.#text.addEventListener("input", this.#written)
    this.#text.addEventListener("submit", this.#send)
    this.addEventListener("click", this.#choose)
    this.#begin(!this.#text.querySelector("[aria-invalid=true]"))
  }

  get #menu(): HTMLDetailsElement {
    return this.querySelector("details")!
  }

  get #rows(): HTMLFormElement {
    return this.querySelector<HTMLFormElement>("form[data-rows]")!
  }

  get #text(): HTMLFormElement {
    return this.querySelector<HTMLFormElement>("form[data-text]")!
  }

  /** Draws the rows of a panel that is open, and goes to the first of them. */
  #begin = (reach = true): void => {
    if (!this.#menu.open) return
    if (reach) this.#wanted ||= "p-0"
    if (!this.#rows.childElementCount) void this.#ask(new FormData(this.#text), true)
    else this.#reach()
  }

  /** What is set is changed where it was built. */
  #choose = (event: Event): void => {
    const chip = (event.target as HTMLElement).closest<HTMLElement>("[data-part]")
    if (!chip) return
    event.stopPropagation() // or the panel would be left at once
    this.#wanted = `p-${chip.dataset.part}`
    this.#menu.open = true
  }

  /** Goes to the part that is wanted: to its comparison, or to its field when none is chosen. */
  #reach = (): void => {
    const inputs = ["op", "path", "text", "join"].map((name) => document.getElementById(`${this.#wanted}-${name}`))
    inputs.find(Boolean)?.focus()
    this.#wanted = ""
  }

  /** A row was filled in. What changes its shape has the rows drawn anew; words that are typed don't. */
  #filled = (event: Event): void => {
    const target = event.target as HTMLElement
    if (target.getAttribute("role") === "combobox") return // it tells by itself what was chosen
    this.#redraw ||= target.closest("[data-shape]") !== null
    this.#stale = true
    this.#soon(() => void this.#ask(this.#built(), this.#redraw), target.matches("select, record-combobox") ? 0 : PAUSE)
  }

  #done = (event: Event): void => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-do]")
    if (!button) return
    const asked = this.#built()
    asked.set("do", button.dataset.do!)
    void this.#ask(asked, true)
  }

  #written = (): void => {
    this.#stale = false
    this.#soon(() => void this.#ask(new FormData(this.#text), true), THOUGHT)
  }

  #built = (): FormData => {
    const asked = new FormData(this.#rows)
    for (const [name, value] of new FormData(this.#text)) if (name !== "where") asked.set(name, value)
    asked.set("rows", "yes")
    return asked
  }

  /** Asks after a pause; what was asked before would be answered without what is typed now. */
  #soon = (ask: () => void, pause: number): void => {
    window.clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#timer = window.setTimeout(ask, pause)
  }

  #ask = async (asked: FormData, redraw: boolean): Promise<void> => {
    window.clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#asking = new AbortController()
    const answer = await askFilter(this.getAttribute("source")!, asked, this.#asking.signal)
    if (!answer) return
    const [place, where] = [this.querySelector("[data-told]")!, this.#text.querySelector("textarea")!]
    place.replaceChildren(...answer.told)
    place.toggleAttribute("data-bad", answer.refused)
    where.setAttribute("aria-invalid", String(answer.wrong))
    const apply = this.querySelector<HTMLButtonElement>("[data-apply]")!
    apply.textContent = answer.wrong ? "Show" : `Show ${answer.count}`
    apply.disabled = !answer.refused && answer.where === undefined
    if (asked.has("rows")) where.value = answer.where ?? where.value
    this.#stale &&= answer.where === undefined
    if (redraw && answer.rows) this.#draw(answer.rows, asked.has("do"))
  }

  /** Draws the rows anew; the focus stays where it was, or goes to the row that was added. */
  #draw = (rows: Element, done: boolean): void => {
    this.#redraw = false
    const focused = this.#rows.contains(document.activeElement) ? document.activeElement!.id : ""
    const known = new Set([...this.#rows.querySelectorAll("[id]")].map((each) => each.id))
    this.#replace(rows)
    const fields = [...this.#rows.querySelectorAll<HTMLElement>("[id$='-path']")]
    const added = fields.find((each) => !known.has(each.id))
    if (done) (added ?? this.#rows.querySelector<HTMLElement>("[data-do^=add]"))?.focus()
    else if (focused.endsWith("-path")) this.#wanted = focused.replace(/-path$/, "") // on to the next input
    else if (focused) document.getElementById(focused)?.focus()
    if (this.#wanted) this.#reach()
  }

  /** Puts other rows in place. What is being filled in stays: it knows the letters and what is marked. */
  #replace = (rows: Element): void => {
    const [old, kept] = [[...this.#rows.childNodes], document.activeElement]
    this.#rows.append(...rows.childNodes)
    if (this.#rows.contains(kept) && (kept instanceof HTMLSelectElement || kept instanceof HTMLInputElement)) {
      const drawn = [...this.#rows.querySelectorAll<Filled>("select, input")].filter((each) => each.id === kept.id).at(-1)
      if (drawn && drawn !== kept && kept.id && isAlike(drawn, kept) && drawn.parentElement?.moveBefore) {
        drawn.parentElement.moveBefore(kept, drawn)
        drawn.remove()
      }
    }
    for (const each of old) each.remove()
  }

  /** Shows what was built, once the text says it. */
  #send = async (event: Event): Promise<void> => {
    if (event.target === this.#text && !this.#stale) return
    event.preventDefault()
    if (this.#stale) await this.#ask(this.#built(), false)
    if (!this.#stale) this.#text.requestSubmit()
  }
}

customElements.define(FilterPanel.tag, FilterPanel)
