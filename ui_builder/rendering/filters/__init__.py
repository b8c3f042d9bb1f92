"""The filter of a view: the bar above it, and the panel that builds it."""
