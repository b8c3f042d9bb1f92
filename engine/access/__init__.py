"""Who may see and do what. Nothing reaches a table but through the gate of this package."""
