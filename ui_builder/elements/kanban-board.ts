/**
 * A board whose cards move between columns: by drag and drop, or by the menu on each card.
 *
 * @example
 * <kanban-board><section data-lane="…"><div data-cards><article data-card data-url="…">…</article></div></section></kanban-board>
 *
 * A card moves at once; when the server refuses, it goes back, and the reason is shown with a way
 * to the form that asks for what is missing. The menu is the way for keyboard and phone. Without
 * JavaScript a record's page changes its stage.
 */
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter"
import type { MoveMenu } from "./move-menu"
import { announce, ask, toast } from "./page"

interface Drop {
  source: { data: Record<string, unknown> }
  location: { current: { dropTargets: { data: Record<string, unknown> }[] } }
}

export class KanbanBoard extends HTMLElement {
  static readonly tag = "kanban-board"
  #cleanups: (() => void)[] = []
  #offered: HTMLElement | null = null

  connectedCallback(): void {
    this.addEventListener("click", this.#offer)
    this.addEventListener("chosen", this.#chosen)
    this.addEventListener("htmx:after:swap", this.#prepare)
    this.#cleanups.push(monitorForElements({ onDrop: this.#dropped }))
    for (const column of this.#columns()) {
      const over = (on: boolean) => () => column.toggleAttribute("data-over", on)
      this.#cleanups.push(
        dropTargetForElements({
          element: column,
          getData: () => ({ lane: column.dataset.lane }),
          onDragEnter: over(true),
          onDragLeave: over(false),
          onDrop: over(false),
        }),
      )
    }
    this.#prepare()
  }

  disconnectedCallback(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup()
  }

  #columns = (): HTMLElement[] => [...this.querySelectorAll<HTMLElement>("[data-lane]")]

  #prepare = (): void => {
    for (const card of this.querySelectorAll<HTMLElement>("[data-card]:not([data-ready])")) {
      card.toggleAttribute("data-ready", true)
      if (!card.dataset.url) continue
      const dragging = (on: boolean) => () => card.toggleAttribute("data-dragging", on)
      this.#cleanups.push(
        draggable({
          element: card,
          getInitialData: () => ({ card: card.id }),
          onDragStart: dragging(true),
          onDrop: dragging(false),
        }),
      )
    }
  }

  #dropped = ({ source, location }: Drop): void => {
    const lane = location.current.dropTargets[0]?.data.lane as string | undefined
    const card = document.getElementById(String(source.data.card))
    if (lane !== undefined && card) void this.#move(card, lane)
  }

  /** The button of a card opens the menu: this says to it for which card. */
  #offer = (event: Event): void => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-move]")
    if (!button) return
    this.#offered = button.closest<HTMLElement>("[data-card]")
    const lane = button.closest<HTMLElement>("[data-lane]")?.dataset.lane ?? ""
    this.querySelector<MoveMenu>("move-menu")?.stand(button, lane)
  }

  #chosen = (event: Event): void => {
    if (this.#offered) void this.#move(this.#offered, (event as CustomEvent<string>).detail)
  }

  async #move(card: HTMLElement, lane: string): Promise<void> {
    const from = card.closest<HTMLElement>("[data-lane]")!
    const to = this.#columns().find((column) => column.dataset.lane === lane)
    if (!to || from === to) return
    const behind = card.nextElementSibling
    this.#put(card, to, to.querySelector("[data-card]"))
    const answer = await this.#send(card, lane)
    const page = new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html")
    if (answer?.ok) {
      this.#settle(card, to, page)
      return
    }
    this.#put(card, from, behind)
    const words = page.querySelector("[data-refusal]")?.textContent?.trim()
    const way = answer?.status === 422 ? this.#form(card, lane) : null
    toast(words || "The server can't be reached.", "bad", way)
    announce(words || "The server can't be reached.")
  }

  #send = async (card: HTMLElement, lane: string): Promise<Response | null> => {
    const body = new URLSearchParams({ lane, next: location.pathname + location.search })
    return ask(card.dataset.url!, { method: "PUT", body })
  }

  /** Keeps the card where it is, and takes what the columns add up to from the server's answer. */
  #settle(card: HTMLElement, to: HTMLElement, page: Document): void {
    for (const header of page.querySelectorAll<HTMLElement>("[data-header]")) {
      const place = this.querySelector(`[data-header="${CSS.escape(header.dataset.header!)}"]`)
      place?.replaceWith(header)
    }
    announce(`${card.dataset.title} moved to ${to.dataset.label}.`)
    toast(`Moved to ${to.dataset.label}`)
  }

  /** Moves a card on the page; what has the focus in it keeps it. */
  #put(card: HTMLElement, column: HTMLElement, before: Element | null): void {
    const focused = card.contains(document.activeElement) ? document.activeElement : null
    column.querySelector("[data-cards]")!.insertBefore(card, before)
    if (focused instanceof HTMLElement) focused.focus()
  }

  /** The form of the card's record, with the column it was to go to chosen already. */
  #form(card: HTMLElement, lane: string): { href: string; words: string } {
    const query = new URLSearchParams({ [this.dataset.group!]: lane })
    return { href: `${card.dataset.href}/edit?${query}`, words: "Fill in" }
  }
}

customElements.define(KanbanBoard.tag, KanbanBoard)
