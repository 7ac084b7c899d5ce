"""Requests in, JSON out: only known arguments, and errors that say what."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorboard.backend import http_util
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"

Application = Callable[..., Any]
"""What TensorBoard takes for a route: a WSGI application."""


class RefusedError(Exception):
    """A request that cannot be answered.

    Args:
        sentence: Why.
        code: The HTTP status.
    """

    def __init__(self, sentence: str, code: int = 400) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What a request is answered with.

    Args:
        version: Text that changes whenever the content does; a page that
            has it is answered that nothing has changed.
        content: Makes the content, if that is needed: JSON as text, or a
            dictionary of what JSON can hold (NaN comes as `"NaN"`).
    """

    version: str
    content: Callable[[], Any]


def json_route(
    answer: Callable[[Mapping[str, list[str]]], Answer],
    *,
    once: tuple[str, ...] = (),
    repeated: tuple[str, ...] = (),
) -> Application:
    """A route that answers with JSON.

    Args:
        answer: Given the arguments, each a list, makes the answer.
        once: Arguments that may be given once.
        repeated: Arguments that may be given several times.
    """

    @functools.wraps(answer)
    def respond(request: Request) -> Response:
        try:
            _require_reading(request)
            return _respond(
                request, answer(_arguments(request, once, repeated))
            )
        except RefusedError as refusal:
            return _error(request, str(refusal), refusal.code)
        except Exception:
            logging.getLogger("kgrad").exception("%s failed", request.path)
            sentence = "This failed. TensorBoard's console shows why."
            return _error(request, sentence, 500)

    return Request.application(respond)


def file_route(content: Callable[[], bytes], kind: str) -> Application:
    """A route that answers with a file of a package, that never changes.

    Args:
        content: Reads it.
        kind: Its media type.
    """

    @functools.cache
    def read() -> bytes:
        return content()

    def respond(request: Request) -> Response:
        try:
            _require_reading(request)
            response: Response = http_util.Respond(request, read(), kind)
            return response
        except RefusedError as refusal:
            return _error(request, str(refusal), refusal.code)

    return Request.application(respond)


class _Unchanged(Response):
    """Without content, with the headers that TensorBoard requires."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Content-Type"] = JSON
        headers["X-Content-Type-Options"] = "nosniff"
        return headers


def _require_reading(request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise RefusedError("Only GET is allowed.", 405)


def _arguments(
    request: Request, once: tuple[str, ...], repeated: tuple[str, ...]
) -> dict[str, list[str]]:
    given = dict(request.args.lists())
    for name, values in given.items():
        if name not in once + repeated:
            raise RefusedError(f"There is no argument {name!r}.")
        if name in once and len(values) > 1:
            raise RefusedError(f"The argument {name!r} was given twice.")
    return given


def _respond(request: Request, answer: Answer) -> Response:
    response: Response
    if answer.version in request.if_none_match:
        response = _Unchanged(status=304)
    else:
        response = http_util.Respond(request, answer.content(), JSON)
    response.set_etag(answer.version)
    return response


def _error(request: Request, sentence: str, code: int) -> Response:
    response: Response = http_util.Respond(
        request, {"error": sentence}, JSON, code=code
    )
    return response
