/**
 * A board whose cards move between columns: by drag and drop, or by the menu on each card.
 *
 * @example
 * <kanban-board><section data-stage="…"><article data-card data-url="…">…</article></section></kanban-board>
 *
 * A card moves at once; when the server refuses, it goes back and the reason is shown. The menu
 * is the way for keyboard and phone. Without JavaScript a card's page changes its stage.
 */
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter"
import { announce, csrf, toast } from "./csrf"

export class KanbanBoard extends HTMLElement {
  static readonly tag = "kanban-board"
  #cleanups: (() => void)[] = []

  connectedCallback(): void {
    this.addEventListener("change", this.#menu)
    this.addEventListener("htmx:after:swap", this.#prepare)
    this.#cleanups.push(monitorForElements({ onDrop: this.#dropped }))
    for (const column of this.#columns()) {
      this.#cleanups.push(
        dropTargetForElements({
          element: column,
          getData: () => ({ stage: column.dataset.stage }),
          onDragEnter: () => column.toggleAttribute("data-over", true),
          onDragLeave: () => column.toggleAttribute("data-over", false),
          onDrop: () => column.toggleAttribute("data-over", false),
        }),
      )
    }
    this.#prepare()
  }

  disconnectedCallback(): void {
    for (const cleanup of this.#cleanups) cleanup()
  }

  #columns = (): HTMLElement[] => [...this.querySelectorAll<HTMLElement>("[data-stage]")]

  #prepare = (): void => {
    for (const card of this.querySelectorAll<HTMLElement>("[data-card]:not([data-ready])")) {
      card.toggleAttribute("data-ready", true)
      if (!card.dataset.url) continue
      this.#cleanups.push(
        draggable({
          element: card,
          getInitialData: () => ({ card: card.id }),
          onDragStart: () => card.toggleAttribute("data-dragging", true),
          onDrop: () => card.toggleAttribute("data-dragging", false),
        }),
      )
    }
  }

  #dropped = ({ source, location }: { source: any; location: any }): void => {
    const stage = location.current.dropTargets[0]?.data.stage as string | undefined
    const card = document.getElementById(String(source.data.card))
    if (stage && card) void this.#move(card, stage)
  }

  #menu = (event: Event): void => {
    const select = event.target as HTMLSelectElement
    const card = select.closest<HTMLElement>("[data-card]")
    if (card && select.matches("[data-move]")) void this.#move(card, select.value)
  }

  async #move(card: HTMLElement, stage: string): Promise<void> {
    const from = card.closest<HTMLElement>("[data-stage]")!
    const to = this.#columns().find((column) => column.dataset.stage === stage)
    if (!to || from === to) return
    const behind = card.nextElementSibling
    to.querySelector("[data-cards]")!.prepend(card)
    const answer = await fetch(card.dataset.url!, {
      method: "PUT",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": csrf() },
      body: new URLSearchParams({ stage, view: this.dataset.view ?? "" }),
    }).catch(() => null)
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      for (const header of page.querySelectorAll<HTMLElement>("[data-header]")) {
        const place = this.querySelector(`[data-header="${CSS.escape(header.dataset.header!)}"]`)
        place?.replaceWith(header)
      }
      const select = card.querySelector<HTMLSelectElement>("[data-move]")
      if (select) select.value = stage
      announce(`${card.dataset.title} moved to ${to.dataset.label}.`)
      toast(`Moved to ${to.dataset.label}`)
      return
    }
    from.querySelector("[data-cards]")!.insertBefore(card, behind)
    const select = card.querySelector<HTMLSelectElement>("[data-move]")
    if (select) select.value = from.dataset.stage!
    const words = answer ? await answer.text() : "The server can't be reached."
    toast(words, "bad")
    announce(words)
  }
}

customElements.define(KanbanBoard.tag, KanbanBoard)
