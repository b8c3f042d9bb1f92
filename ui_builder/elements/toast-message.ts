/**
 * A message that goes away by itself.
 *
 * @example
 * <toast-message class="toast">Saved</toast-message>
 *
 * Without JavaScript it stays until the next page.
 */
export class ToastMessage extends HTMLElement {
  static readonly tag = "toast-message"
  #timer = 0

  connectedCallback(): void {
    this.#timer = window.setTimeout(() => this.remove(), 8000)
    this.addEventListener("click", this.#close)
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer)
  }

  #close = (event: Event): void => {
    if (!(event.target as HTMLElement).closest("button, a")) this.remove()
  }
}

customElements.define(ToastMessage.tag, ToastMessage)
