/** What opens below a summary closes with Escape, with its own button, and as soon as one goes elsewhere. */
const openMenus = (): HTMLDetailsElement[] => [
  ...document.querySelectorAll<HTMLDetailsElement>("details.menu[open], details[data-menu][open]"),
]

const leave = (event: Event): void => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target as Node)) menu.open = false
  }
}

const shut = (): void => {
  for (const menu of openMenus()) {
    menu.open = false
    menu.querySelector("summary")?.focus()
  }
}

document.addEventListener("click", leave)
document.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest("[data-close]")) shut()
})
document.addEventListener("focusin", leave)
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) shut() // a list within may have been put away by it
})
