"""Files that are read while they are sent, so that a long one needs no memory."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from django.http import HttpRequest

log = logging.getLogger("parley.downloads")

INCOMPLETE = "\n\nThis file is not complete: Parley failed here. Get it again.\n"


def download(
    request: HttpRequest, pieces: Iterator[str], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a file of that name, each read when the one before is on its way."""
    whole = _told(pieces)
    return StreamingHttpResponse(
        _lazily(whole) if isinstance(request, ASGIRequest) else whole,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _told(pieces: Iterator[str]) -> Iterator[str]:
    """It has begun, so its status can no longer say that it failed: its last words do."""
    try:
        yield from pieces
    except Exception:
        log.exception("A download broke off.")
        yield INCOMPLETE


async def _lazily(pieces: Iterator[str]) -> AsyncIterator[str]:
    """A plain iterator daphne would read at once."""
    following = partial(next, pieces, "")
    while piece := await sync_to_async(following)():
        yield piece
