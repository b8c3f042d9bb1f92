"""Passwords: hashed with argon2id, checked in the same time whether or not the user exists."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import Invalid, Problem

SHORTEST, LONGEST = 8, 256
# The commonest of the breached passwords that are long enough to be tried.
COMMON = frozenset(
    ["12345678", "123456789", "1234567890", "password", "password1", "password123", "qwertyui", "qwerty123", "qwertyuiop", "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "trustno1", "11111111", "00000000", "87654321", "1q2w3e4r", "1qaz2wsx", "abcd1234", "abc12345", "letmein1", "welcome1", "welcome123", "passw0rd", "p@ssw0rd", "admin123", "changeme", "starwars", "whatever", "computer", "internet", "michelle", "jennifer", "asdfghjk", "asdf1234", "zaq12wsx", "88888888", "12341234", "66666666", "q1w2e3r4", "aa123456", "monkey123", "dragon123"]
)

_hasher = PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1)  # about 100 ms
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """A hash to keep. Refuses a password that is too short, too long or too common."""
    for broken, message in (
        (len(password) < SHORTEST, f"A password has {SHORTEST} characters or more."),
        (len(password) > LONGEST, f"A password has {LONGEST} characters at most."),
        (password.lower() in COMMON, "This is one of the first passwords that anybody tries."),
    ):
        if broken:
            problem = Problem("/password", "password.weak", message)
            raise Invalid("password.weak", message, problems=[problem])
    return _hasher.hash(password)


def hash_again(password: str) -> str:
    """A hash of a password that was accepted once, whatever would be said of it today."""
    return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept. Without one kept, it takes as long to say no."""
    try:
        return _hasher.verify(kept or _NOBODY, password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)
