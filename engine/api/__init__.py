"""The REST interface under /api/v1, as `api.md` promises it."""
