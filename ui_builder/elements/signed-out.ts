/**
 * A form that htmx sent after the session was over is sent again as a page of its own: the server
 * keeps what was typed, asks to sign in, and goes on.
 */
document.addEventListener("signed-out", (event) => {
  (event.target as HTMLElement).closest("form")?.submit()
})
