"""Expressions in plain words, with the labels and titles that their reader knows."""
