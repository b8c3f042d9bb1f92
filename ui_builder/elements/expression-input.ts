/**
 * A text that is an expression, with what may come next in a list below it.
 *
 * @example
 * <expression-input source="/filters/herd/completions"><textarea …></textarea><ul role="listbox" hidden></ul></expression-input>
 *
 * Arrows walk through the list, Enter and Tab take what is chosen there, Escape puts the list away.
 * Enter alone sends the form. Without JavaScript it is a text.
 */
import { announce, ask } from "./page"

export class ExpressionInput extends HTMLElement {
  static readonly tag = "expression-input"
  #timer = 0
  #asking: AbortController | null = null

  connectedCallback(): void {
    this.#input.setAttribute("aria-autocomplete", "list")
    this.#input.setAttribute("aria-controls", this.#list.id)
    this.addEventListener("input", this.#soon)
    this.addEventListener("keydown", this.#key)
    this.addEventListener("focusout", () => this.#open(false))
    this.#list.addEventListener("mousedown", this.#press)
  }

  get #input(): HTMLTextAreaElement {
    return this.querySelector("textarea")!
  }

  get #list(): HTMLElement {
    return this.querySelector<HTMLElement>("[role=listbox]")!
  }

  #options = (): HTMLElement[] => [...this.#list.querySelectorAll<HTMLElement>("[role=option]")]

  #soon = (): void => {
    window.clearTimeout(this.#timer)
    this.#timer = window.setTimeout(this.#fill, 120)
  }

  #fill = async (): Promise<void> => {
    this.#asking?.abort()
    const asking = (this.#asking = new AbortController())
    const before = encodeURIComponent(this.#input.value.slice(0, this.#input.selectionStart))
    const answer = await ask(`${this.getAttribute("source")}?before=${before}`, { signal: asking.signal })
    const options = answer?.ok ? await answer.text().catch(() => "") : ""
    if (asking.signal.aborted) return
    this.#list.innerHTML = options
    this.#open(document.activeElement === this.#input)
    const count = this.#options().length
    if (!this.#list.hidden) announce(count === 1 ? "1 suggestion" : `${count} suggestions`)
  }

  #open = (open: boolean): void => {
    if (!open) this.#asking?.abort()
    this.#list.hidden = !open || this.#options().length === 0
    this.#input.removeAttribute("aria-activedescendant")
  }

  #key = (event: KeyboardEvent): void => {
    const chosen = this.#options().find((option) => option.ariaSelected === "true")
    const opened = !this.#list.hidden
    if (opened && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault()
      this.#walk(event.key === "ArrowDown" ? 1 : -1)
    } else if (opened && chosen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault()
      this.#take(chosen)
    } else if (opened && event.key === "Escape") {
      event.preventDefault() // the panel around it stays open
      this.#open(false)
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault()
      this.#input.form?.requestSubmit()
    }
  }

  #walk = (step: number): void => {
    const options = this.#options()
    const at = options.findIndex((option) => option.ariaSelected === "true")
    const next = options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length]
    for (const option of options) option.ariaSelected = String(option === next)
    if (next) this.#input.setAttribute("aria-activedescendant", next.id)
    next?.scrollIntoView({ block: "nearest" })
  }

  #press = (event: Event): void => {
    event.preventDefault() // the text keeps the focus
    const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option]")
    if (option) this.#take(option)
  }

  /** Puts what was chosen in place of what was begun; as if it had been typed. */
  #take = (option: HTMLElement): void => {
    const end = this.#input.selectionStart
    const start = end - Number(option.dataset.replaces)
    this.#input.setRangeText(option.dataset.text!, start, end, "end")
    this.#open(false)
    this.#input.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

customElements.define(ExpressionInput.tag, ExpressionInput)
