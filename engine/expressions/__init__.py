"""One meaning, several backends: what an expression means in Python and in SQL."""
