"""What happens by itself: triggers, steps and runs."""
