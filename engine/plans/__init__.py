"""Plans: the reviewed difference of two catalogs, and the one way to apply it."""
