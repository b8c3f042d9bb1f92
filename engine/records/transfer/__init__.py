"""Records as files: what other products export comes in, and everything goes out and comes back."""
