"""Refuses what no browser sends, before anything tries to understand it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

UTF_8 = {"", "utf-8"}


def refuse_odd_charsets(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Bodies are UTF-8. Python knows codecs that are no text encodings (hex, zlib), and Django
    would use whichever the request names.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "")
        if charset.strip("\"' ").lower() not in UTF_8:
            raise BadRequest("Send the form as UTF-8.")
        return get_response(request)

    return answer
