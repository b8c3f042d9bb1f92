/**
 * A field that links to a record: type to search, choose with the keys or the mouse.
 *
 * @example
 * <record-combobox source="/options/team" name="team" label="Team">
 *   <input type="text" …><input type="hidden" name="team" value="…">
 * </record-combobox>
 *
 * `multiple` keeps a list of chosen records, `follows` names inputs that the options depend on. Without JavaScript what is linked can be seen, and stays.
 */
import { ask } from "./page"

export class RecordCombobox extends HTMLElement {
  static readonly tag = "record-combobox"
  #timer = 0
  #label = "" // of what is chosen
  #asking: AbortController | null = null

  connectedCallback(): void {
    this.#input.readOnly = false
    this.#label = this.#input.value
    this.#input.addEventListener("input", this.#search)
    this.#input.addEventListener("focus", this.#search)
    this.#input.addEventListener("keydown", this.#key)
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()) // the input keeps the focus
    this.addEventListener("click", this.#click)
    this.addEventListener("focusout", this.#leave)
  }

  get #input(): HTMLInputElement {
    return this.querySelector<HTMLInputElement>("input[role=combobox]")!
  }

  get #list(): HTMLElement {
    return this.querySelector<HTMLElement>("[role=listbox]")!
  }

  get #multiple(): boolean {
    return this.hasAttribute("multiple")
  }

  #options = (): HTMLElement[] => [...this.#list.querySelectorAll<HTMLElement>("[role=option]")]

  #search = (): void => {
    window.clearTimeout(this.#timer)
    this.#timer = window.setTimeout(this.#fill, 120)
    if (!this.#multiple && this.#input.value === "" && this.#label) this.#choose("", "")
  }

  /** Shows the options for what is typed by now; an answer that comes too late is dropped. */
  #fill = async (): Promise<void> => {
    this.#asking?.abort()
    const asking = (this.#asking = new AbortController())
    const answer = await ask(this.#question(), { signal: asking.signal })
    const options = answer?.ok ? await answer.text().catch(() => "") : ""
    if (asking.signal.aborted) return
    this.#list.innerHTML = options
    this.#options().forEach((option, at) => (option.id = `${this.#input.id}-option-${at}`))
    this.#open(document.activeElement === this.#input)
  }

  /** What is asked: the words, and what is typed into the inputs that the options depend on. */
  #question(): string {
    const [path, asked] = this.getAttribute("source")!.split("?") as [string, string?]
    const question = new URLSearchParams(asked)
    question.set("q", this.#input.value)
    const follows = this.getAttribute("follows")?.split(" ") ?? []
    const form = this.closest("form")
    for (const [name, value] of follows.length && form ? new FormData(form) : []) {
      if (typeof value === "string" && follows.includes(name.split(".")[0]!)) question.append(name, value)
    }
    return `${path}?${question}`
  }

  #open = (open: boolean): void => {
    this.#list.hidden = !open || this.#list.childElementCount === 0
    this.#input.setAttribute("aria-expanded", String(!this.#list.hidden))
    if (!open) this.#input.removeAttribute("aria-activedescendant")
  }

  #key = (event: KeyboardEvent): void => {
    const options = this.#options()
    const at = options.findIndex((option) => option.ariaSelected === "true")
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (this.#list.hidden) return this.#search()
      const next = options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]
      for (const option of options) option.ariaSelected = String(option === next)
      if (next) this.#input.setAttribute("aria-activedescendant", next.id)
      next?.scrollIntoView({ block: "nearest" })
    } else if (event.key === "Enter" && !this.#list.hidden) {
      event.preventDefault()
      const option = options[at] ?? options[0]
      if (option) this.#take(option)
    } else if (event.key === "Escape") {
      if (!this.#list.hidden) event.preventDefault() // what is around it stays open
      this.#give()
    }
  }

  #click = (event: Event): void => {
    const target = event.target as HTMLElement
    const option = target.closest<HTMLElement>("[role=option]")
    if (option) this.#take(option)
    const removed = target.closest<HTMLElement>("[data-remove]")
    if (removed) {
      removed.closest("[data-chosen]")?.remove()
      this.dispatchEvent(new Event("input", { bubbles: true }))
    }
  }

  #leave = (event: FocusEvent): void => {
    if (!this.contains(event.relatedTarget as Node | null)) this.#give()
  }

  /** Gives up what is typed but not chosen: it would not be sent. */
  #give = (): void => {
    window.clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#input.value = this.#multiple ? "" : this.#label
    this.#open(false)
  }

  #take = (option: HTMLElement): void => {
    this.#choose(option.dataset.value ?? "", option.dataset.label ?? "")
    this.#open(false)
    this.#input.focus()
  }

  #choose = (value: string, label: string): void => {
    if (!this.#multiple) {
      this.querySelector<HTMLInputElement>("input[type=hidden]")!.value = value
      this.#input.value = this.#label = label
    } else if (value) {
      this.#input.value = ""
      const template = this.querySelector("template")!
      const chosen = template.content.firstElementChild!.cloneNode(true) as HTMLElement
      chosen.querySelector("input")!.value = value
      chosen.querySelector("[data-label]")!.textContent = label
      this.querySelector("[data-chosen-list]")!.append(chosen)
    }
    this.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

customElements.define(RecordCombobox.tag, RecordCombobox)
