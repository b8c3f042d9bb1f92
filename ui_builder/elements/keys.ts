/** Single keys: "/" searches, "c" creates, "e" edits, "j" and "k" walk, "?" tells. */
const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, select, textarea"))

const follow = (selector: string): boolean => {
  const found = document.querySelector<HTMLElement>(selector)
  found?.click()
  return Boolean(found)
}

const walk = (step: number): void => {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row] a[data-title]")]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus()
}

document.addEventListener("keydown", (event) => {
  if (event.key === "k" && (event.metaKey || event.ctrlKey)) {
    event.preventDefault()
    document.querySelector<HTMLInputElement>("[data-search]")?.focus()
    return
  }
  if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return
  if (event.key === "/") {
    event.preventDefault()
    document.querySelector<HTMLInputElement>("[data-search]")?.focus()
  } else if (event.key === "c") follow("[data-key='create']")
  else if (event.key === "e") follow("[data-key='edit']")
  else if (event.key === "j") walk(1)
  else if (event.key === "k") walk(-1)
})
