"""Secrets that are handed out once: random, and kept only as a hash."""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, safe in a URL and a header."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What is kept of a secret. It is random and long, so that a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
