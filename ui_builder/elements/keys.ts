/** Single keys, for whoever is not typing. The sheet that "?" opens is drawn by the server. */
const KINDS_WITHOUT_TEXT = ["checkbox", "radio", "button", "submit"]

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("select, textarea") ||
    (target instanceof HTMLInputElement && !KINDS_WITHOUT_TEXT.includes(target.type)))

const follow = (selector: string): void => document.querySelector<HTMLElement>(selector)?.click()

const search = (): void => document.querySelector<HTMLInputElement>("[data-search]")?.focus()

const stops = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("a[data-walk]")]

/** Where one is: on a record's link, or elsewhere within its row. */
const place = (all: HTMLElement[]): number => {
  const row = document.activeElement?.closest("[data-row]")
  return all.findIndex((each) => row?.contains(each))
}

const walk = (step: number): void => {
  const all = stops()
  all[Math.min(all.length - 1, Math.max(0, place(all) + step))]?.focus()
}

const pick = (): void => {
  const row = document.activeElement?.closest("[data-row]")
  row?.querySelector<HTMLInputElement>("input[name=id]")?.click()
}

const sheet = (): void => document.querySelector<HTMLDialogElement>("#keys")?.showModal()

const KEYS: Record<string, () => void> = {
  "/": search,
  c: () => follow("[data-key='create']"),
  e: () => follow("[data-key='edit']"),
  f: () => follow("[data-key='filter']"),
  j: () => walk(1),
  k: () => walk(-1),
  x: pick,
  "?": sheet,
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return
  const withControl = event.metaKey || event.ctrlKey
  const action = withControl && event.key === "k" ? search : KEYS[event.key]
  if (!action || (event.key !== "k" && withControl) || event.altKey) return
  if (!withControl && typing(event.target)) return
  event.preventDefault()
  action()
})

document.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest("[data-open-keys]")) sheet()
})
