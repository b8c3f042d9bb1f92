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
import { ask } from "./page"

const PAUSE = 250 // ms after the last key
const THOUGHT = 500 // in the text, where half a word is a mistake

export class FilterPanel extends HTMLElement {
  static readonly tag = "filter-panel"
  #timer = 0
  #asking: AbortController | null = null
  #redraw = false // whether the rows are to be drawn anew with the next answer
  #pending: Promise<void> = Promise.resolve()

  connectedCallback(): void {
    this.#menu.addEventListener("toggle", this.#opened)
    this.#rows.addEventListener("input", this.#filled)
    this.#rows.addEventListener("click", this.#done)
    this.#rows.addEventListener("submit", this.#show)
    this.#text.addEventListener("input", this.#written)
    this.addEventListener("click", this.#close)
    this.addEventListener("keydown", this.#escape, { capture: true }) // before an open list is put away by it
    document.addEventListener("pointerdown", this.#leave)
    if (this.#menu.open) this.#opened()
  }

  disconnectedCallback(): void {
    document.removeEventListener("pointerdown", this.#leave)
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

  get #where(): HTMLTextAreaElement {
    return this.#text.querySelector("textarea")!
  }

  #opened = (): void => {
    if (this.#menu.open && !this.#rows.childElementCount) this.#ask(new FormData(this.#text), true)
  }

  /** A row was filled in. What changes its shape has the rows drawn anew; words that are typed don't. */
  #filled = (event: Event): void => {
    const target = event.target as HTMLElement
    if (target.getAttribute("role") === "combobox") return // it tells by itself what was chosen
    this.#redraw ||= target.matches("[data-shape]")
    this.#soon(() => this.#ask(this.#built(), this.#redraw), target.matches("select") ? 0 : PAUSE)
  }

  #done = (event: Event): void => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-do]")
    if (!button) return
    const asked = this.#built()
    asked.set("do", button.dataset.do!)
    this.#ask(asked, true)
  }

  #written = (): void => this.#soon(() => this.#ask(new FormData(this.#text), true), THOUGHT)

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

  #ask = (asked: FormData, redraw: boolean): void => {
    window.clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#asking = new AbortController()
    this.#pending = this.#answer(asked, redraw, this.#asking.signal)
  }

  #answer = async (asked: FormData, redraw: boolean, signal: AbortSignal): Promise<void> => {
    const query = new URLSearchParams([...asked].map(([name, value]) => [name, String(value)]))
    const answer = await ask(`${this.getAttribute("source")}?${query}`, { signal })
    const html = answer ? await answer.text().catch(() => "") : ""
    if (signal.aborted) return
    const page = new DOMParser().parseFromString(html, "text/html")
    const told = page.querySelector("[data-told]") ?? page.querySelector("[data-refusal]")
    const built = page.querySelector<HTMLElement>("[data-filter]")
    const wrong = !built || built.querySelector("[data-mistake]") !== null
    const place = this.querySelector<HTMLElement>("[data-told]")!
    place.replaceChildren(...(told ? told.childNodes : ["The server can’t be reached."]))
    place.toggleAttribute("data-bad", !built)
    this.#where.setAttribute("aria-invalid", String(wrong))
    const apply = this.querySelector<HTMLButtonElement>("[data-apply]")!
    apply.textContent = wrong ? "Show" : `Show ${built.dataset.count}`
    apply.disabled = built !== null && built.dataset.where === undefined // the text does not say it yet
    if (built && asked.has("rows")) this.#where.value = built.dataset.where ?? this.#where.value
    const rows = page.querySelector("[data-filter] > [data-rows]")
    if (redraw && rows) this.#draw(rows, asked.get("do"))
  }

  /** Draws the rows anew; the focus stays where it was, or goes to the row that was added. */
  #draw = (rows: Element, done: FormDataEntryValue | null): void => {
    this.#redraw = false
    const focused = this.#rows.contains(document.activeElement) ? document.activeElement!.id : ""
    const known = new Set([...this.#rows.querySelectorAll("[id]")].map((each) => each.id))
    this.#rows.replaceChildren(...rows.childNodes)
    const fields = [...this.#rows.querySelectorAll<HTMLElement>("select[id$='-path']")]
    const added = fields.find((each) => !known.has(each.id))
    const before = focused ? document.getElementById(focused) : null
    const next = done ? (added ?? this.#rows.querySelector<HTMLElement>("[data-do^=add]")) : before
    next?.focus()
  }

  /** Enter in a row shows what was built, once the text says it. */
  #show = async (event: Event): Promise<void> => {
    event.preventDefault()
    this.#ask(this.#built(), false)
    await this.#pending
    if (!this.querySelector("[data-apply]:disabled")) this.#text.requestSubmit()
  }

  #close = (event: Event): void => {
    if ((event.target as HTMLElement).closest("[data-close]")) this.#shut()
  }

  #escape = (event: KeyboardEvent): void => {
    const listed = this.querySelector("[role=listbox]:not([hidden])")
    if (event.key === "Escape" && this.#menu.open && !listed) this.#shut()
  }

  #shut = (): void => {
    this.#menu.open = false
    this.querySelector("summary")?.focus()
  }

  #leave = (event: Event): void => {
    if (!this.contains(event.target as Node)) this.#menu.open = false
  }
}

customElements.define(FilterPanel.tag, FilterPanel)
