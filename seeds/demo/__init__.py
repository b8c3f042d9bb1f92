"""The demo: Brightwater, a company one gets to know, and nine months of its sales team's work."""
