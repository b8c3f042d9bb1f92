/** What the server is asked about a form while somebody types: after a pause, the last question alone. */
import { askQuietly } from "../page"
import type { Answer } from "./plan"

const PAUSE = 300 // ms after the last key

export class Asking {
  #timer = 0
  #asking: AbortController | null = null

  constructor(
    readonly address: string,
    readonly form: HTMLFormElement,
    readonly heard: (answer: Answer) => void,
  ) {}

  soon(): void {
    window.clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#timer = window.setTimeout(this.#ask, PAUSE)
  }

  /** Who is signed in no longer goes on typing: sending the form asks them to sign in, and keeps it. */
  #ask = async (): Promise<void> => {
    const asking = (this.#asking = new AbortController())
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") body.append(name, value)
    const answer = await askQuietly(this.address, { method: "POST", body, signal: asking.signal })
    const said = answer?.ok ? ((await answer.json().catch(() => null)) as Answer | null) : null
    if (said && !asking.signal.aborted) this.heard(said)
  }
}
