"""What one does first, by role: ticked off by what has really happened, gone when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from negotiation.models import AuditEntry, Negotiation, Report
from negotiation.roles import may_edit_rules, may_operate, may_review
from negotiation.views.access import person, watchers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEPT = 365 * 24 * 3600


class Step(NamedTuple):
    """`url` is where one does it; without one the page's own dialog starts a table."""

    key: str
    title: str
    text: str
    url: str = ""
    done: bool = False


START = Step("started", "Start a table", "Choose a scenario; the agents begin at once.")
FOLLOW = Step("followed", "Follow it to its end", "Each card is a move, its reasons in figures.")
STEP_IN = Step("stepped_in", "Step in once", "Pause a table, resume it: all see who did, and why.")
DECIDE = Step("decided", "Decide one agreement", "What would happen, and why it was stopped.")
ANSWER = Step("answered", "Say more than yes or no", "Amend one, or send it back with a wish.")
REPORT = Step("reported", "Say what really happened", "Each report makes the next score better.")
WRITE = Step("wrote", "Change a rule", "A weight, a limit, the risk tolerance: a new version.")
RATIFY = Step("ratified", "Answer a colleague", "What loosens the policy needs a second admin.")

PLACES = {
    DECIDE: settings.DECISIONS_PAGE,
    ANSWER: settings.DECISIONS_PAGE,
    REPORT: "receiver",
    WRITE: "scenarios",
    RATIFY: "policy-changes",
}
RECORDED = {
    STEP_IN.key: ("negotiation.paused", "negotiation.resumed", "negotiation.ended"),
    DECIDE.key: ("decision.approved", "decision.rejected"),
    ANSWER.key: ("decision.amended", "decision.sent_back"),
    WRITE.key: ("scenario.saved", "policy.proposed"),
    RATIFY.key: ("policy.ratified", "policy.rejected"),
}


def first_steps(request: HttpRequest) -> list[Step]:
    """The steps of this person's role, or none once all are done or they were put away."""
    user = person(request)
    if _cookie(user) in request.COOKIES:
        return []
    steps = _of_role(user)
    if not steps:
        return []
    asked = {step.key: _happened(step.key) for step in steps}
    happened = User.objects.filter(pk=user.pk).annotate(**asked).values(*asked).get()
    found = [
        step._replace(
            done=happened[step.key], url=reverse(PLACES[step]) if step in PLACES else step.url
        )
        for step in steps
    ]
    return [] if all(step.done for step in found) else found


@require_POST
@watchers
def put_away(request: HttpRequest) -> HttpResponse:
    """For good, in this browser."""
    answer = redirect("floor")
    answer.set_cookie(
        _cookie(person(request)),
        "away",
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def _cookie(user: User) -> str:
    return f"first-steps-{user.pk}"


def _of_role(user: User) -> tuple[Step, ...]:
    if may_edit_rules(user):
        return START, WRITE, RATIFY
    if may_review(user):
        return DECIDE, ANSWER, REPORT
    return (START, FOLLOW, STEP_IN, REPORT) if may_operate(user) else ()


def _happened(key: str) -> Exists:
    """Whether it has, read from the rows that it leaves."""
    opened = Negotiation.objects.filter(opened_by=OuterRef("pk"))
    if key == START.key:
        return Exists(opened)
    if key == FOLLOW.key:
        return Exists(opened.filter(finished_at__isnull=False))
    if key == REPORT.key:
        return Exists(Report.objects.filter(person=OuterRef("pk")))
    return Exists(AuditEntry.objects.filter(user=OuterRef("pk"), action__in=RECORDED[key]))
