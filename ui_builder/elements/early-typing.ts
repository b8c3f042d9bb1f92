/** What was typed before htmx listened is told again, so that fast fingers lose nothing. */
document.addEventListener("htmx:after:init", ({ target }) => {
  const typed =
    target instanceof HTMLInputElement &&
    target === document.activeElement &&
    target.value !== target.defaultValue
  if (typed) target.dispatchEvent(new Event("input", { bubbles: true }))
})
