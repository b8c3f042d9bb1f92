"""What the processes write about themselves: set up once, the same for our lines and libraries'.

Text for eyes on a terminal, a JSON object a line for machines. Nothing secret is ever
handed to a logger: no bodies, no query strings, no cookies, no secrets of links.
"""

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from engine.settings import Settings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def configure_log(settings: Settings, level: str = "info") -> None:
    """Write lines of this level and above to standard error."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *_last_steps(settings)],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last_steps(settings)],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def _last_steps(settings: Settings) -> list[Processor]:
    """How a line is turned into text. JSON keeps line breaks of a trace within its line."""
    if settings.log == "text":
        plain = structlog.dev.plain_traceback  # others show the values of local variables
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_as_json)]


def _as_json(line: Any, **_options: Any) -> str:
    return orjson.dumps(line, default=str).decode()
