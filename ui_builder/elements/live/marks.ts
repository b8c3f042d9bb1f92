/** What a form shows of its conditions: fields that are asked for or not, needed, wrong, or offer less. */

const controls = (part: Element): NodeListOf<HTMLInputElement> => part.querySelectorAll("input, select, textarea, button")

/** The control that bears the field's label; several boxes have none. */
const first = (field: HTMLElement): HTMLElement | null =>
  field.querySelector<HTMLElement>(`:is(input, select, textarea)[id="field-${field.dataset.field}"]`)

const mark = (control: HTMLElement | null, name: string, value: string): void => {
  if (value) control?.setAttribute(name, value)
  else control?.removeAttribute(name)
}

export const labelOf = (field: Element): string =>
  field.querySelector(".field__label, legend")?.firstChild?.textContent?.trim() ?? ""

/** Asks for a part of the form, or no longer. What is not asked for keeps its value, and sends nothing. */
export const ask = (part: Element, isAsked: boolean): boolean => {
  const was = !part.hasAttribute("data-unasked")
  part.toggleAttribute("data-unasked", !isAsked)
  for (const each of controls(part)) each.disabled = each.closest("[data-unasked]") !== null
  return isAsked && !was
}

export const need = (field: HTMLElement, isNeeded: boolean): void => {
  mark(first(field), "aria-required", isNeeded ? "true" : "")
  const star = field.querySelector(".needed")
  if (isNeeded && !star) {
    const made = Object.assign(document.createElement("span"), { className: "needed", textContent: " *", ariaHidden: "true" })
    field.querySelector(".field__label")?.append(made)
  } else if (!isNeeded) star?.remove()
}

/** Says what is wrong with a field, or takes it back. Answers whether that is news. */
export const tell = (field: HTMLElement, message: string, template: HTMLTemplateElement): boolean => {
  const control = first(field)
  let told = field.querySelector<HTMLElement>(".field__error[data-live]")
  if ((told?.textContent?.trim() ?? "") === message) return false
  const id = told?.id || `${control?.id}-told`
  const described = (control?.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id)
  if (!message) told?.remove()
  else {
    told ??= field.appendChild(template.content.firstElementChild!.cloneNode(true) as HTMLElement)
    told.id = id
    told.querySelector("span")!.textContent = message
    described.push(id)
  }
  mark(control, "aria-invalid", field.querySelector(".field__error") ? "true" : "")
  mark(control, "aria-describedby", described.join(" "))
  return message !== ""
}

/** Leaves those choices that are offered, and the one that is chosen. Answers what is wrong with that. */
export const offer = (field: Element, isOffered: (choice: string) => boolean, saved: string | undefined): string => {
  const list = field.querySelector("select")
  if (!list) return ""
  for (const each of list.options) each.hidden = each.disabled = !each.selected && !isOffered(each.value)
  const chosen = list.selectedOptions[0]
  if (!chosen?.value || chosen.value === saved || isOffered(chosen.value)) return ""
  const offered = [...list.options].filter((each) => each.value && isOffered(each.value)).map((each) => each.text.trim())
  return `"${chosen.text.trim()}" is not offered here. You can choose: ${offered.join(", ") || "nothing"}.`
}

/** Shows what a value that follows from others would be; no words for one that is as it was drawn. */
export const show = (part: HTMLElement, words: string | null): void => {
  const shown = part.querySelector<HTMLElement>("[data-shown]")!
  const drawn = (shown.dataset.shown ||= shown.textContent!)
  shown.textContent = words === null ? drawn : words || "—"
  part.querySelector("[data-note]")!.toggleAttribute("hidden", words === null)
}
