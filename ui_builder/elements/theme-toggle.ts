/**
 * Switches between light and dark, and remembers it in a cookie so that the server draws it.
 *
 * @example
 * <theme-toggle><button type="button">Dark mode</button></theme-toggle>
 *
 * Without JavaScript the system's choice holds.
 */
export class ThemeToggle extends HTMLElement {
  static readonly tag = "theme-toggle"

  connectedCallback(): void {
    this.addEventListener("click", this.#switch)
  }

  #switch = (): void => {
    const root = document.documentElement
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches
    root.dataset.theme = dark ? "light" : "dark"
    document.cookie = `pulse_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`
  }
}

customElements.define(ThemeToggle.tag, ThemeToggle)
