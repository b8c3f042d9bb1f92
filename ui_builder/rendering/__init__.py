"""From records and the catalog to plain objects that templates show."""
