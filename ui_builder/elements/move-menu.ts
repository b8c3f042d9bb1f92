/**
 * A menu of places, opened by one of several buttons: it says where something is to go.
 *
 * @example
 * <button popovertarget="places" aria-haspopup="menu">…</button>
 * <move-menu popover id="places" role="menu"><button role="menuitemradio" value="won">Won</button></move-menu>
 *
 * Arrows walk, Enter chooses, Escape closes; the choice is told by the event `chosen`. The browser
 * opens and closes it, and gives the focus back.
 */
export class MoveMenu extends HTMLElement {
  static readonly tag = "move-menu"

  connectedCallback(): void {
    this.addEventListener("click", this.#choose)
    this.addEventListener("keydown", this.#walk)
  }

  /** Stands beside a button that is about to open it, with the present place checked. */
  stand(button: HTMLElement, now: string): void {
    for (const item of this.#items()) {
      item.ariaChecked = String(item.value === now)
      item.autofocus = item.value === now
    }
    const at = button.getBoundingClientRect()
    const below = at.bottom < window.innerHeight * 0.6
    this.style.top = below ? `${at.bottom + 4}px` : "auto"
    this.style.bottom = below ? "auto" : `${window.innerHeight - at.top + 4}px`
    this.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`
  }

  #items = (): HTMLButtonElement[] => [...this.querySelectorAll<HTMLButtonElement>("[role=menuitemradio]")]

  #choose = (event: Event): void => {
    const item = (event.target as HTMLElement).closest<HTMLButtonElement>("[role=menuitemradio]")
    if (!item) return
    this.hidePopover()
    this.dispatchEvent(new CustomEvent<string>("chosen", { detail: item.value, bubbles: true }))
  }

  #walk = (event: KeyboardEvent): void => {
    const items = this.#items()
    const at = items.indexOf(document.activeElement as HTMLButtonElement)
    const ways: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }
    const to = ways[event.key]
    if (to === undefined) return
    event.preventDefault()
    items.at(to % items.length)?.focus()
  }
}

customElements.define(MoveMenu.tag, MoveMenu)
