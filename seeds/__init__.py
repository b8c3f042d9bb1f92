"""Records to look at and to measure with: a sales team's nine months, and any number of rows."""
