"""Error pages: what happened, what was kept, what to do, and an id to quote."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

log = logging.getLogger("parley.errors")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        400,
        "That request was not understood",
        "Something in it is malformed or too large. Nothing was changed.",
        "Go back, reload the page and try again.",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        403,
        "This is not yours to do",
        str(exception) or "Your role does not include this page. Nothing was changed.",
        "Ask an administrator for the role you need.",
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        403,
        "The form had expired",
        "You logged in or out since it was opened, or cookies are off. Nothing was changed.",
        "Go back, reload the page and send it again.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        404,
        "There is nothing here",
        "The address is wrong, or it leads to something you may not see.",
        "Look for it on the floor.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        "Parley made a mistake",
        "The request was not finished. Everything saved before it is kept.",
        "Try again in a moment; if it stays, tell the people who run Parley.",
    )


def _page(request: HttpRequest, status: int, title: str, what: str, todo: str) -> HttpResponse:
    error_id = secrets.token_hex(4)
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "%s %s at %r, id %s",
        status,
        title,
        request.path,
        error_id,
    )
    context = {
        "status": status,
        "title": title,
        "what": what,
        "todo": todo,
        "error_id": error_id,
        "tone": "red" if status >= 500 else "amber",
    }
    return render(request, "error.html", context, status=status)
