"""What happens around every request: odd charsets are refused, times are the person's, what was
made for one person is kept by nobody, and nobody is led to a blank page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import has_vary_header, patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from negotiation.services import preferences
from negotiation.views import errors
from negotiation.views.statuses import METHOD_NOT_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
    from django.http.response import HttpResponseBase

UTF_8 = {"", "utf-8"}
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


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


def explain_refused_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever opens the address of a form in a browser is told so, and gets a way on."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != METHOD_NOT_ALLOWED or response.content:
            return response
        allowed = response["Allow"]
        # Programs go without: they read the status and what is allowed.
        if "text/html" in request.headers.get("Accept", ""):
            response = errors.method_not_allowed(request)
            response["Allow"] = allowed
        patch_vary_headers(response, ["Accept"])
        return response

    return answer


class LoginRequired(LoginRequiredMiddleware):
    """After the login comes the page that a form was sent from, not the address of the form: that
    takes only POST."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in SAFE:
            return super().handle_no_permission(request, view_func)
        login = resolve_url(self.get_login_url(view_func))
        return redirect_to_login(
            _page_of(request, but=login), login, self.get_redirect_field_name(view_func)
        )


def _page_of(request: HttpRequest, *, but: str) -> str:
    """The path of the page that the request came from, if it is one of ours; else the home page."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, request.get_host(), request.is_secure()):
        return "/"
    parts = urlsplit(said)
    page = parts._replace(scheme="", netloc="", fragment="").geturl()
    # A path may begin with two slashes: without its host it would name another one.
    led_out = not page.startswith("/") or page.startswith("//") or "\\" in page
    return "/" if led_out or parts.path == but else page


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
