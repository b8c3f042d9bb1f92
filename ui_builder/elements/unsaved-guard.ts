/**
 * Asks before the user leaves a form whose changes are not saved.
 *
 * @example
 * <unsaved-guard><form method="post">…</form></unsaved-guard>
 *
 * Without JavaScript the form works as it is, and nothing is asked.
 */
export class UnsavedGuard extends HTMLElement {
  static readonly tag = "unsaved-guard"

  connectedCallback(): void {
    this.addEventListener("input", this.#remember)
    this.addEventListener("submit", this.#forget)
    this.addEventListener("click", this.#leave)
    window.addEventListener("beforeunload", this.#ask)
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.#ask)
  }

  /** Whether leaving now would lose something. */
  get dirty(): boolean {
    return this.hasAttribute("dirty")
  }

  #remember = (): void => {
    this.toggleAttribute("dirty", true)
  }

  #forget = (): void => {
    this.toggleAttribute("dirty", false)
  }

  /** Cancelling is a decision: it asks nothing. */
  #leave = (event: Event): void => {
    if ((event.target as HTMLElement).closest("[data-leave]")) this.#forget()
  }

  #ask = (event: BeforeUnloadEvent): void => {
    if (this.dirty) event.preventDefault()
  }
}

customElements.define(UnsavedGuard.tag, UnsavedGuard)
