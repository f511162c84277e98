"""Pages and actions for one role: everybody else gets the 403 page with the sentence."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied

from negotiation import roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser, User
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

P = ParamSpec("P")
Answer = TypeVar("Answer", bound="HttpResponseBase")


def only(
    allowed: Callable[[User | AnonymousUser], bool], sentence: str
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], Answer]],
    Callable[Concatenate[HttpRequest, P], Answer],
]:
    def decorate(
        view: Callable[Concatenate[HttpRequest, P], Answer],
    ) -> Callable[Concatenate[HttpRequest, P], Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if not allowed(request.user):
                raise PermissionDenied(sentence)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


watchers = only(roles.may_watch, "You have no role yet, so there is nothing to show.")
operators = only(roles.may_operate, "Only operators and admins start, pause and end negotiations.")
stoppers = only(roles.may_stop, "Only operators, managers and admins stop.")
lifters = only(roles.may_lift, "Only managers and admins lift a stop.")
reviewers = only(roles.may_review, "Only managers approve and reject.")
reporters = only(roles.may_report, "Only operators, managers and admins report what happened.")
auditors = only(roles.may_audit, "Only managers and admins read the audit trail.")
rule_writers = only(roles.may_edit_rules, "Only admins write the rules.")


def person(request: HttpRequest) -> User:
    """Who acts. Call it behind a role decorator: those let only logged-in people pass."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    # Django found them by their session; the audit trail says so.
    request.user.recognised_by = "session"  # type: ignore[attr-defined]
    return request.user


def wants_fragment(request: HttpRequest) -> bool:
    """htmx re-reads a live part of the page from the page's own address."""
    return request.headers.get("HX-Request") == "true"
