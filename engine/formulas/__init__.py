"""Formulas: fields that follow from others, kept true by whatever changes those."""
