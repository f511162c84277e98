"""Error pages: what happened, what was kept, what to do, and an id to quote.

The id is in the log's line and in a header as well, so that a person's words, the log and what a
program got are one case.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import is_valid_path

from negotiation.views.statuses import METHOD_NOT_ALLOWED

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

log = logging.getLogger("parley.errors")

HEADER = "X-Error-Id"
NOTHING_CHANGED = "Nothing was changed."


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        400,
        "That request was not understood",
        what="Something in it is malformed or too large.",
        todo="Go back, reload the page and try again.",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        403,
        "This is not yours to do",
        what=str(exception) or "Your role does not include this page.",
        todo="Ask an administrator for the role you need.",
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        403,
        "The form had expired",
        what="You logged in or out since it was opened, or cookies are off.",
        todo="Go back: what you typed is still there. Copy it, reload the page and send it again.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        404,
        "There is nothing here",
        what="The address is wrong, or it leads to something you may not see.",
        todo="Look for it on the floor.",
    )


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """An address that only forms are sent to, opened as a page."""
    return _page(
        request,
        METHOD_NOT_ALLOWED,
        "There is no page here",
        what="Forms are sent to this address; there is nothing to read at it.",
        todo="Open the page that the form is on, and send it from there.",
        way=_page_above(request.path),
    )


def _page_above(path: str) -> str:
    """The nearest address above this one that leads somewhere."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return "/"


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        "Parley made a mistake",
        what="The request was not finished. That is not your fault.",
        kept="Whatever was saved before is kept; of this request nothing is half saved.",
        todo="Try again in a moment; if it stays, tell the people who run Parley.",
    )


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    *,
    what: str,
    todo: str,
    kept: str = "",
    way: str = "/",
) -> HttpResponse:
    error_id = secrets.token_hex(4)
    ours = status >= 500
    log.log(
        logging.ERROR if ours else logging.INFO,
        "%s %s at %r, id %s",
        status,
        title,
        request.path,
        error_id,
        exc_info=ours,
    )
    context = {
        "status": status,
        "title": title,
        "what": what,
        "kept": kept or NOTHING_CHANGED,
        "todo": todo,
        "way": way,
        "error_id": error_id,
        "tone": "red" if ours else "amber",
    }
    answer = render(request, "error.html", context, status=status)
    answer[HEADER] = error_id
    return answer
