"""A file that is read while it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import cast

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from negotiation.downloads import INCOMPLETE, download


def broken() -> Iterator[str]:
    yield "one\n"
    yield "two\n"
    raise RuntimeError("the database is gone")


def test_a_file_that_breaks_off_says_so_at_its_end() -> None:
    answer = download(RequestFactory().get("/"), broken(), name="a.csv", content_type="text/csv")
    assert answer.getvalue().decode() == f"one\ntwo\n{INCOMPLETE}"


def test_it_says_so_also_where_it_is_sent_piece_by_piece() -> None:
    request = AsyncRequestFactory().get("/")
    assert isinstance(request, ASGIRequest)
    answer = download(request, broken(), name="a.csv", content_type="text/csv")
    assert asyncio.run(all_of(answer)) == f"one\ntwo\n{INCOMPLETE}"


async def all_of(answer: StreamingHttpResponse) -> str:
    return b"".join([piece async for piece in cast("AsyncIterator[bytes]", answer)]).decode()
