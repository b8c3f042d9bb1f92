/**
 * Asks before the user leaves a form whose changes are not saved.
 *
 * @example
 * <unsaved-guard><form method="post">…</form></unsaved-guard>
 *
 * `dirty` says that the form holds unsaved changes from the start, as one that was refused does.
 * Without JavaScript the form works as it is, and nothing is asked.
 */
export class UnsavedGuard extends HTMLElement {
  static readonly tag = "unsaved-guard"
  #dirty = false // kept here: what is drawn anew around the typed words must not forget them

  connectedCallback(): void {
    this.#dirty ||= this.hasAttribute("dirty")
    this.addEventListener("input", this.#remember)
    this.addEventListener("submit", this.#forget)
    this.addEventListener("htmx:error", this.#remember)
    this.addEventListener("click", this.#leave)
    window.addEventListener("beforeunload", this.#ask)
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.#ask)
  }

  #remember = (): void => {
    this.#dirty = true
  }

  #forget = (): void => {
    this.#dirty = false
  }

  /** Cancelling is a decision: it asks nothing. */
  #leave = (event: Event): void => {
    if ((event.target as HTMLElement).closest("[data-leave]")) this.#forget()
  }

  #ask = (event: BeforeUnloadEvent): void => {
    if (this.#dirty) event.preventDefault()
  }
}

customElements.define(UnsavedGuard.tag, UnsavedGuard)
