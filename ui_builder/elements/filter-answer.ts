/** What the server says of a filter: in words, as rows and as a text, as far as each can be said. */
import { ask } from "./page"

export interface FilterAnswer {
  told: (Node | string)[]
  rows: Element | null // none when the text can't be read
  where: string | undefined // none when something in the rows can't be read
  count: string
  refused: boolean
  wrong: boolean
}

/** The answer to what was filled in or written; null when it was overtaken. */
export const askFilter = async (
  source: string,
  asked: FormData,
  signal: AbortSignal,
): Promise<FilterAnswer | null> => {
  const query = new URLSearchParams([...asked].map(([name, value]) => [name, String(value)]))
  const answer = await ask(`${source}?${query}`, { signal })
  const html = answer ? await answer.text().catch(() => "") : ""
  if (signal.aborted) return null
  const page = new DOMParser().parseFromString(html, "text/html")
  const told = page.querySelector("[data-told], [data-refusal]")
  const filter = page.querySelector<HTMLElement>("[data-filter]")
  return {
    told: told ? [...told.childNodes] : ["The server can’t be reached."],
    rows: page.querySelector("[data-filter] > [data-rows]"),
    where: filter?.dataset.where,
    count: filter?.dataset.count ?? "",
    refused: filter === null,
    wrong: filter === null || filter.querySelector("[data-mistake]") !== null,
  }
}
