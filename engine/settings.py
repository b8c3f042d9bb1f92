"""Settings: read once from the environment, `*_FILE` and `pulse.toml`, then frozen."""

import os
import secrets
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import Refused

KNOWN = ["data_dir", "database_url", "redis_url", "bind", "workers", "secret_key", "base_url", "trusted_proxies", "log"]
KEY_FILE = "secret.key"
LOGS = ("text", "json")
WEAK_SECRET = 32  # characters below which a secret is refused on a public address


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. `bind` is host:port."""

    data_dir: Path
    database_url: str
    secret_key: str
    redis_url: str | None = None
    bind: str = "127.0.0.1:8000"
    workers: int = 1
    base_url: str = ""
    trusted_proxies: int = 0
    log: str = "text"

    @property
    def host(self) -> str:
        """The address to listen on."""
        return self.bind.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.bind.rpartition(":")[2])

    @property
    def is_public(self) -> bool:
        """Whether others than this machine can reach the server."""
        return self.host not in {"127.0.0.1", "localhost", "::1", "[::1]"}

    @property
    def is_secure(self) -> bool:
        """Whether people reach the server by https, so that cookies may ask for it."""
        return self.base_url.startswith("https://")


def load_settings(
    environ: Mapping[str, str] | None = None, folder: Path | None = None, **given: Any
) -> Settings:
    """Read the settings. `given` ones come first, then the environment, then pulse.toml."""
    environ = os.environ if environ is None else environ
    said = _read_file((folder or Path.cwd()) / "pulse.toml")
    for name in KNOWN:
        value = _from_environment(environ, f"PULSE_{name.upper()}")
        if value is not None:
            said[name] = value
    said |= {name: value for name, value in given.items() if value is not None}
    data_dir = Path(said.get("data_dir") or "var").absolute()
    url = said.get("database_url") or f"sqlite:///{data_dir / 'pulse.db'}"
    settings = Settings(
        data_dir=data_dir,
        database_url=str(url),
        secret_key=said.get("secret_key") or _kept_secret(data_dir),
        redis_url=said.get("redis_url"),
        bind=_read_bind(str(said.get("bind") or "127.0.0.1:8000")),
        workers=_read_count("PULSE_WORKERS", said.get("workers"), os.cpu_count() or 1),
        base_url=str(said.get("base_url") or "").rstrip("/"),
        trusted_proxies=_read_count("PULSE_TRUSTED_PROXIES", said.get("trusted_proxies"), 0),
        log=_read_log(said.get("log")),
    )
    if settings.is_public and len(settings.secret_key) < WEAK_SECRET:
        message = f"PULSE_SECRET_KEY is too weak for {settings.bind}: give it {WEAK_SECRET} characters."
        raise Refused("settings.secret", message)
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        said = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as broken:
        raise Refused("settings.file", f"{path} can't be read: {broken}.") from broken
    unknown = sorted(said.keys() - set(KNOWN))
    if unknown:
        raise Refused("settings.unknown", f'{path} has "{unknown[0]}". Settings: {", ".join(KNOWN)}.')
    return said


def _from_environment(environ: Mapping[str, str], name: str) -> str | None:
    if file := environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as broken:
            raise Refused("settings.file", f"{name}_FILE names {file}, which can't be read.") from broken
    return environ.get(name) or None


def _kept_secret(data_dir: Path) -> str:
    """The secret of this installation, made once and readable by its owner alone."""
    path = data_dir / KEY_FILE
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        secret = path.read_text().strip()
    except OSError as broken:
        message = f'The data folder "{data_dir}" can\'t be written. Set PULSE_DATA_DIR to one that can.'
        raise Refused("settings.data-dir", message) from broken
    if not secret:
        raise Refused("settings.secret", f'"{path}" is empty. Remove it, and a new key is made.')
    return secret


def _make_secret(path: Path) -> None:
    """Put a new key there; another process that was faster has made it already."""
    kept = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(kept, path)
    except FileExistsError:
        pass
    finally:
        kept.unlink()


def _read_bind(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise Refused("settings.bind", f'PULSE_BIND is "{text}". Write host:port, as in 127.0.0.1:8000.')
    return text


def _read_log(said: Any) -> str:
    """Text for eyes on a terminal, JSON for machines, unless one is asked for."""
    if said is None:
        return "text" if sys.stderr.isatty() else "json"
    if said not in LOGS:
        raise Refused("settings.log", f'PULSE_LOG is "{said}". It can be {" or ".join(LOGS)}.')
    return str(said)


def _read_count(name: str, said: Any, usual: int) -> int:
    if said is None:
        return usual
    if not str(said).isdigit():
        raise Refused("settings.count", f'{name} is "{said}". It must be a whole number.')
    return int(said)
