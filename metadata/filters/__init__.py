"""Filters as people build them: an expression taken apart into rows and groups, and put together again."""
