"""How reviewers review: how often they agree, how long they look, and how often they were wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db.models import Q

from approvals.models import CardView, OwnVerdict, Review
from negotiation.models import Decision, Report
from negotiation.roles import Role, is_senior, may_edit_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

HASTY = timedelta(seconds=10)
WINDOWS = (30, 90)

_FEW = 10  # verdicts below which nothing can be said about a person
_NEARLY_ALWAYS = 0.95
_MANY_HASTY = 0.3
_LONG_RUN = 20
_MANY_REVERSED = 0.1
_WENT_AHEAD = ("cleared", "executing", "executed", "failed")


@dataclass
class Health:
    """Of one reviewer in one window. `dwells` are seconds between opening the card and the
    verdict; `foretold` are own verdicts whose decision has ended, `agreeing` those it bore out."""

    person: User
    verdicts: int = 0
    approvals: int = 0
    longest_run: int = 0
    reversed: int = 0
    foretold: int = 0
    agreeing: int = 0
    dwells: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float | None:
        return self.approvals / self.verdicts if self.verdicts else None

    @property
    def dwell(self) -> float | None:
        return median(self.dwells) if self.dwells else None

    @property
    def dwell_text(self) -> str:
        if self.dwell is None:
            return "–"
        return f"{self.dwell:.0f} s" if self.dwell < 120 else f"{self.dwell / 60:.0f} min"

    @property
    def hasty(self) -> float | None:
        """Share of verdicts that came sooner than anybody can read a card."""
        short = sum(seconds < HASTY.total_seconds() for seconds in self.dwells)
        return short / len(self.dwells) if self.dwells else None

    @property
    def agreement(self) -> float | None:
        return self.agreeing / self.foretold if self.foretold else None

    @property
    def remarks(self) -> list[str]:
        """What looks like rubber-stamping, in plain words."""
        if self.verdicts < _FEW:
            return []
        found = []
        if self.approvals >= _NEARLY_ALWAYS * self.verdicts:
            found.append(f"Approved {self.approvals} of {self.verdicts}: nearly everything.")
        if self.hasty is not None and self.hasty >= _MANY_HASTY:
            found.append(f"{100 * self.hasty:.0f} % of the verdicts came within 10 s of the card.")
        if self.longest_run >= _LONG_RUN:
            found.append(f"{self.longest_run} approvals in a row.")
        if self.reversed >= max(2, _MANY_REVERSED * self.approvals):
            found.append(f"{self.reversed} approvals did not hold.")
        return found


def shown_to(user: User) -> list[User]:
    """Whose figures `user` may see: everybody's for seniors and admins, else their own."""
    if not (is_senior(user) or may_edit_rules(user)):
        return [user]
    reviewers = Q(groups__name__in=[Role.MANAGER, Role.SENIOR]) | Q(reviews__isnull=False)
    return list(User.objects.filter(reviewers, is_active=True).distinct().order_by("username"))


def health_of(people: Sequence[User], *, days: int, now: datetime) -> list[Health]:
    """One for each of `people`, over the last `days`; as many queries whatever there is."""
    since = now - timedelta(days=days)
    found = {person.pk: Health(person) for person in people}
    reviews = list(
        Review.objects.filter(reviewer__in=people, created_at__gte=since)
        .filter(verdict__in=[Review.Verdict.APPROVE, Review.Verdict.REJECT])
        .order_by("reviewer_id", "id")
    )
    for pk, own in groupby(reviews, key=lambda review: review.reviewer_id):
        _count(found[pk], list(own))
    _add_dwells(found, reviews)
    _add_reversals(found, [one for one in reviews if one.verdict == Review.Verdict.APPROVE])
    _add_own_verdicts(found, since)
    return list(found.values())


def _count(health: Health, reviews: Sequence[Review]) -> None:
    run = 0
    for review in reviews:
        approved = review.verdict == Review.Verdict.APPROVE
        run = run + 1 if approved else 0
        health.verdicts += 1
        health.approvals += approved
        health.longest_run = max(health.longest_run, run)


def _add_dwells(found: dict[int, Health], reviews: Sequence[Review]) -> None:
    decisions = {review.decision_id for review in reviews}
    views = CardView.objects.filter(reviewer__in=found, decision__in=decisions)
    seen = {(one.decision_id, one.package_hash, one.reviewer_id): one for one in views}
    for review in reviews:
        view = seen.get((review.decision_id, review.package_hash, review.reviewer_id))
        if view is not None and view.first_seen_at <= review.created_at:
            lasted = review.created_at - view.first_seen_at
            found[review.reviewer_id].dwells.append(lasted.total_seconds())


def _add_reversals(found: dict[int, Health], approvals: Sequence[Review]) -> None:
    """Approved, and then rejected by somebody else, back in the queue, or reported bad."""
    decisions = {review.decision_id for review in approvals}
    rejected = _rejecters(decisions)
    returned = dict(
        Decision.objects.filter(pk__in=decisions, returned__gt=0).values_list("pk", "returned")
    )
    reports = Report.objects.filter(
        execution__decision__in=decisions, outcome__in=Report.BAD, replaced_at=None
    )
    bad = set(reports.values_list("execution__decision_id", flat=True))
    for review in approvals:
        pk = review.decision_id
        others = rejected[pk] - {review.reviewer_id}
        if others or pk in bad or returned.get(pk, 0) > review.returned:
            found[review.reviewer_id].reversed += 1


def _rejecters(decisions: Iterable[int]) -> defaultdict[int, set[int]]:
    rejections = Review.objects.filter(decision__in=decisions, verdict=Review.Verdict.REJECT)
    rejected: defaultdict[int, set[int]] = defaultdict(set)
    for pk, reviewer in rejections.values_list("decision_id", "reviewer_id"):
        rejected[pk].add(reviewer)
    return rejected


def _add_own_verdicts(found: dict[int, Health], since: datetime) -> None:
    said = OwnVerdict.objects.filter(reviewer__in=found, at__gte=since)
    said = said.exclude(view=OwnVerdict.View.UNSURE)
    for reviewer, view, status in said.values_list("reviewer_id", "view", "decision__status"):
        went_ahead = status in _WENT_AHEAD
        if went_ahead or status == Decision.Status.REJECTED:
            found[reviewer].foretold += 1
            found[reviewer].agreeing += (view == OwnVerdict.View.APPROVE) == went_ahead
