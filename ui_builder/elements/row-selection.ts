/**
 * Lets rows of a table be selected, all or some, and counts them.
 *
 * @example
 * <row-selection><form>… <input type="checkbox" name="id" value="…"> …</form></row-selection>
 *
 * Without JavaScript the boxes and the button still work; the styles show them by what is checked.
 */
export class RowSelection extends HTMLElement {
  static readonly tag = "row-selection"

  connectedCallback(): void {
    this.addEventListener("change", this.#changed)
    this.addEventListener("reset", this.#cleared)
    this.addEventListener("htmx:after:swap", this.#show)
    this.#show()
  }

  #boxes = (): HTMLInputElement[] => [
    ...this.querySelectorAll<HTMLInputElement>('input[type="checkbox"][name="id"]'),
  ]

  #changed = (event: Event): void => {
    const box = event.target as HTMLInputElement
    if (box.matches("[data-all]")) {
      for (const each of this.#boxes()) each.checked = box.checked
    }
    this.#show()
  }

  #cleared = (): void => {
    for (const each of this.#boxes()) each.checked = false
    this.#show()
  }

  #show = (): void => {
    const boxes = this.#boxes()
    const count = boxes.filter((box) => box.checked).length
    const all = this.querySelector<HTMLInputElement>("[data-all]")
    if (all) {
      all.checked = count > 0 && count === boxes.length
      all.indeterminate = count > 0 && count < boxes.length
    }
    const words = this.querySelector("[data-count]")
    if (words) words.textContent = `${count} selected`
  }
}

customElements.define(RowSelection.tag, RowSelection)
