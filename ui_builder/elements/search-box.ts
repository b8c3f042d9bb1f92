/**
 * Search as one types: arrows walk from the input through what was found, Escape puts it away.
 *
 * @example
 * <search-box><form action="/search"><input type="search" …></form><div>…<a data-result>…</div></search-box>
 *
 * Without JavaScript, Enter opens the page with what was found.
 */
export class SearchBox extends HTMLElement {
  static readonly tag = "search-box"

  connectedCallback(): void {
    this.addEventListener("keydown", this.#key)
  }

  get #input(): HTMLInputElement {
    return this.querySelector<HTMLInputElement>("input[type=search]")!
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      this.#walk(event.key === "ArrowDown" ? 1 : -1)
    } else if (event.key === "Escape") {
      event.preventDefault()
      this.#clear()
    }
  }

  #walk(step: number): void {
    const stops = [this.#input, ...this.querySelectorAll<HTMLElement>("[data-result]")]
    const at = stops.indexOf(document.activeElement as HTMLElement)
    stops[(at + step + stops.length) % stops.length]?.focus()
  }

  #clear(): void {
    if (this.#input.value === "") return this.#input.blur()
    this.#input.focus()
    this.#input.value = ""
    this.#input.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

customElements.define(SearchBox.tag, SearchBox)
