"""What a page of the API runs in: a transaction of the asker's, to read or to write in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Response, request

from engine.api import asking, replies
from engine.context import Context

P = ParamSpec("P")
Page = Callable[Concatenate[Context, P], Response]


def reads(page: Page[P]) -> Callable[P, Response]:
    """Let a page ask."""

    @wraps(page)
    def answered(*args: P.args, **also: P.kwargs) -> Response:
        with asking.reading() as ctx:
            return page(ctx, *args, **also)

    return answered


def writes(page: Page[P]) -> Callable[P, Response]:
    """Let a page write: all of it or nothing, and once for each Idempotency-Key.

    The body is here before the transaction begins, so that a slow client keeps nobody waiting.
    """

    @wraps(page)
    def answered(*args: P.args, **also: P.kwargs) -> Response:
        request.get_data()
        key = replies.read_key()
        with asking.writing() as ctx:
            if key is None:
                return page(ctx, *args, **also)
            response = replies.claim(ctx, key)
            if response is None:
                response = page(ctx, *args, **also)
                replies.keep(ctx, key, response)
            return response

    return answered
