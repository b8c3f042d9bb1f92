"""Is everything here as it must be? Each check says what it found, and how to mend it."""
