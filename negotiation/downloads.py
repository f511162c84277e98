"""Files that are read while they are sent, so that a long one needs no memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from django.http import HttpRequest


def download(
    request: HttpRequest, pieces: Iterator[str], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a file of that name, each read when the one before is on its way."""
    return StreamingHttpResponse(
        _lazily(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _lazily(pieces: Iterator[str]) -> AsyncIterator[str]:
    """A plain iterator daphne would read at once."""
    following = partial(next, pieces, "")
    while piece := await sync_to_async(following)():
        yield piece
