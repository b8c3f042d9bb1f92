"""The same endpoints, written by hand: what PulseCRM is measured against."""
