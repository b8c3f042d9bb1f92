/** All that the functions of a form's module call. */
export { n } from "./decimals"
export { call } from "./functions"
export { among, changed, equal, join, negative, ordered, shift, within } from "./values"
