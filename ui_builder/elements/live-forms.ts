/** What goes on with conditions is fetched by those pages alone that have a form with some. */
if (document.querySelector("live-form")) void import("./live-form")
