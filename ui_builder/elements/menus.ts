/** Menus below a summary close with Escape, and as soon as one goes elsewhere. */
const openMenus = (): HTMLDetailsElement[] => [
  ...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]"),
]

const leave = (event: Event): void => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target as Node)) menu.open = false
  }
}

document.addEventListener("click", leave)
document.addEventListener("focusin", leave)
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  for (const menu of openMenus()) {
    menu.open = false
    menu.querySelector("summary")?.focus()
  }
})
