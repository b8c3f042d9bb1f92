/** What builds filters is fetched by those pages alone that have one. */
if (document.querySelector("filter-panel")) {
  void import("./filter-panel")
  void import("./expression-input")
}
