"""What stands around the CRM: Python, packages, the data folder and its key, the disk, Redis."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from urllib.parse import unquote, urlsplit

from engine.doctor.findings import Finding, broken, doubtful, fine
from engine.settings import KEY_FILE, WEAK_SECRET, Settings

OLDEST_PYTHON = (3, 11)
PACKAGE = "pulsecrm"
LITTLE_SPACE, TOO_LITTLE_SPACE = 1024**3, 100 * 1024**2  # bytes
REDIS_PORT = 6379
REDIS_SECONDS = 2


def check_python() -> Iterator[Finding]:
    """Is this Python new enough?"""
    said = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield broken("Python", f"This is Python {said}.", "Install Python 3.11 or newer.")
    else:
        yield fine("Python", f"Python {said}")


def check_packages() -> Iterator[Finding]:
    """Are the packages those that this version was tried with?"""
    mend = "Install them: python -m pip install -e ."
    wrong = [
        f"{name} is {found or 'missing'}, not {wanted}"
        for name, wanted in _pins()
        if (found := _version(name)) != wanted
    ]
    missing = [each for each in wrong if " is missing" in each]
    if missing:
        yield broken("packages", f"{'; '.join(missing)}.", mend)
    elif wrong:
        yield doubtful("packages", f"{'; '.join(wrong)}.", mend)
    else:
        yield fine("packages", f"{len(list(_pins()))} packages, each in the version it was tried with")


def _pins() -> Iterator[tuple[str, str]]:
    for requirement in metadata.requires(PACKAGE) or ():
        name, exact, version = requirement.partition("==")
        if exact and ";" not in requirement:
            yield name.partition("[")[0].strip(), version.strip()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    """Can it be written, by us alone, and is there room?"""
    folder = settings.data_dir
    try:
        with tempfile.TemporaryFile(dir=folder):
            mode = folder.stat().st_mode & 0o777
            free = shutil.disk_usage(folder).free
    except OSError as objection:
        mend = f"Make it writable for this user: chown -R $(id -u) {folder}, or set PULSE_DATA_DIR."
        yield broken("data folder", f"{folder} can't be written: {objection.strerror}.", mend)
        return
    if mode & 0o077:
        says = f"{folder} is open to others on this machine (mode {mode:03o})."
        yield doubtful("data folder", says, f"chmod 700 {folder}")
    else:
        yield fine("data folder", f"{folder} can be written, by this user alone")
    says = f"{free / 1024**3:.1f} GB free in {folder}"
    if free < TOO_LITTLE_SPACE:
        yield broken("disk", f"{says}.", "Make room, or move the data folder: PULSE_DATA_DIR.")
    elif free < LITTLE_SPACE:
        yield doubtful("disk", f"{says}.", "Make room, or move the data folder: PULSE_DATA_DIR.")
    else:
        yield fine("disk", says)


def check_secret_key(settings: Settings) -> Iterator[Finding]:
    """Is the key strong, and closed to others?"""
    path = settings.data_dir / KEY_FILE
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    if mode & 0o077:
        says = f"{path} can be read by others (mode {mode:03o})."
        yield broken("secret key", says, f"chmod 600 {path}")
    elif len(settings.secret_key) < WEAK_SECRET:
        says = f"The key has {len(settings.secret_key)} characters; {WEAK_SECRET} are needed."
        yield doubtful("secret key", says, "Set PULSE_SECRET_KEY to a longer one, or unset it.")
    else:
        yield fine("secret key", "Strong, and closed to others")


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Does Redis answer, if there is to be one?"""
    if settings.redis_url is None:
        yield fine("Redis", "None is configured; work is done in the process")
        return
    url = urlsplit(settings.redis_url)
    place = f"{url.hostname}:{url.port or REDIS_PORT}"
    mend = "Check PULSE_REDIS_URL, and that Redis runs."
    try:
        answer = _ping(url.hostname or "", url.port or REDIS_PORT, unquote(url.password or ""))
    except OSError as objection:
        yield broken("Redis", f"{place} can't be reached: {objection.strerror or objection}.", mend)
        return
    if answer.startswith("+PONG"):
        yield fine("Redis", f"{place} answers")
    else:
        yield broken("Redis", f"{place} answers: {answer[1:].rstrip('.')}.", mend)


def _ping(host: str, port: int, password: str) -> str:
    """The last line that Redis answers to a greeting."""
    said = [b"AUTH " + password.encode()] if password else []
    with socket.create_connection((host, port), REDIS_SECONDS) as connection:
        connection.sendall(b"".join(line + b"\r\n" for line in [*said, b"PING"]))
        answers = connection.makefile("rb")
        lines = [answers.readline() for _ in [*said, b"PING"]]
    return lines[-1].decode(errors="replace").strip()


