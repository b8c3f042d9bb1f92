/**
 * Shows how a value is computed in a popover beside it, instead of on a page of its own.
 *
 * @example
 * <how-computed><a href="/explain/deal/weighted?id=…">How is this computed?</a></how-computed>
 * <div id="explained" popover><button popovertarget="explained">Close</button><div></div></div>
 *
 * Without JavaScript the link leads to the page. The browser closes the popover and gives the focus back.
 */
import { ask } from "./page"

const PHONE = 768

export class HowComputed extends HTMLElement {
  static readonly tag = "how-computed"

  connectedCallback(): void {
    this.#link?.setAttribute("role", "button")
    this.#link?.setAttribute("aria-haspopup", "dialog")
    this.addEventListener("click", this.#open)
    this.addEventListener("keydown", this.#press)
  }

  get #link(): HTMLAnchorElement | null {
    return this.querySelector("a")
  }

  #press = (event: KeyboardEvent): void => {
    if (event.key !== " ") return
    event.preventDefault()
    this.#link?.click()
  }

  #open = async (event: MouseEvent): Promise<void> => {
    const link = this.#link
    const popover = document.getElementById("explained")
    if (!link || !popover || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const answer = await ask(link.href)
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html")
    const found = page?.getElementById("explanation")
    if (!found) return location.assign(link.href)
    popover.lastElementChild?.replaceChildren(document.adoptNode(found))
    this.#stand(popover, link)
    popover.showPopover()
    popover.querySelector<HTMLElement>("[tabindex]")?.focus()
  }

  /** Below the link, or above it where there is more room; on a phone the styles know the place. */
  #stand(popover: HTMLElement, link: HTMLElement): void {
    const at = link.getBoundingClientRect()
    const isPhone = window.innerWidth < PHONE
    const below = at.bottom < window.innerHeight * 0.6
    const left = Math.min(at.left, document.documentElement.clientWidth - 440)
    popover.style.inset = isPhone
      ? ""
      : `${below ? `${at.bottom + 6}px` : "auto"} auto ${below ? "auto" : `${window.innerHeight - at.top + 6}px`} ${left}px`
  }
}

customElements.define(HowComputed.tag, HowComputed)
