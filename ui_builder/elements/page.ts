/** The token that a write must carry, as the page was given it. */
const csrf = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? ""

/** Says something to those who listen to the page rather than look at it. */
export const announce = (words: string): void => {
  const region = document.getElementById("announcer")
  if (region) region.textContent = words
}

/** Asks the server something; null when it can't be reached. */
export const askQuietly = (url: string, options: RequestInit = {}): Promise<Response | null> => {
  const headers = { "X-CSRF-Token": csrf(), "HX-Request": "true" }
  return fetch(url, { ...options, headers }).catch(() => null)
}

/** The same for a piece of a page. Whoever is signed in no longer is asked to sign in, and comes back here. */
export const ask = async (url: string, options: RequestInit = {}): Promise<Response | null> => {
  const answer = await askQuietly(url, options)
  if (answer?.status !== 401 && !answer?.headers.has("HX-Redirect")) return answer
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
  return null
}

/** Shows a message at the foot of the page for a while, with a way on if there is one. */
export const toast = (
  words: string,
  kind: "good" | "bad" = "good",
  way: { href: string; words: string } | null = null,
): void => {
  const message = document.createElement("toast-message")
  message.className = `toast toast--${kind}`
  message.append(words)
  if (way) {
    const link = document.createElement("a")
    link.className = "toast__action"
    link.href = way.href
    link.textContent = way.words
    message.append(" ", link)
  }
  document.getElementById("toasts")?.append(message)
}
