"""What happens around every request: odd charsets are refused, times are the person's, and what
was made for one person is kept by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.utils import timezone
from django.utils.cache import has_vary_header, patch_cache_control

from negotiation.services import preferences

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


def keep_nothing_personal(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What depends on who asks is not stored: on a shared computer the way back shows nothing of
    who has logged out. Stands outside the sessions, which say what depends on them.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if has_vary_header(response, "Cookie") and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


class TheirTimeZone:
    """Times are shown and read in the time zone of whoever is logged in; others need none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],  # noqa: ARG002  (Django calls it)
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> None:
        if getattr(view, "login_required", True):
            told = request.COOKIES.get("zone", "")
            timezone.activate(preferences.zone_of(request.user, told=told))
