"""What a draft of the rules would have done with the decisions that were really made.

Each decision is judged again from what was read for it, under the present rules and under the
draft; the two answers are compared, so nothing but the draft makes the difference. Reservations of
the risk budget are made in the order of time, as they would have been (`services/harms`). What is
not told by stored features is not guessed: such decisions are listed with the reason.

A change of who has to agree changes what is negotiated, and no decision shows that.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from negotiation.engine.gates import Finding
from negotiation.engine.loads import Load, load
from negotiation.models import Decision, Report, ScenarioVersion
from negotiation.scenarios.replays import Past, Rules
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import stops
from negotiation.services.harms import Harms, Judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser, User

    from negotiation.engine.policy import Judgement
    from negotiation.models import Scenario

# The newest ones; a few seconds of work.
MOST = 10_000


class Stored(NamedTuple):
    """A decision as it is kept, with the columns that are read for a replay."""

    pk: int
    version_id: int
    created_at: datetime
    # Of what came back or was amended the features are those of the last judgement, which does not
    # look at the budget.
    returned: int
    sent_back: int
    amended_by_id: int | None
    # Its giver has approved it beforehand.
    mandate_id: int | None
    finding: dict[str, Any] | None
    features: dict[str, Any]

    @property
    def first(self) -> bool:
        return not (self.returned or self.sent_back or self.amended_by_id)

    @property
    def stopped(self) -> Finding | None:
        """The stop that was on: no policy's doing, so it holds whatever the policy."""
        found = self.finding
        if found is None or (found["rule"], found["subject"]) != (stops.RULE, stops.RULE):
            return None
        return Finding(**found)


COLUMNS = (
    "pk", "negotiation__version_id", "created_at", "returned", "sent_back", "amended_by_id",
    "mandate_id", "judgement__findings__0", "features",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision goes, and how many people it takes there."""

    route: str
    people: int = 0
    seniors: int = 0
    own_verdict: bool = False

    def __str__(self) -> str:
        if self.route != "review":
            return "automatic" if self.route == "auto" else "refused"
        who = f"{self.people} {'person' if self.people == 1 else 'people'}"
        return f"{who}, {self.seniors} senior" if self.seniors else who


@dataclass(frozen=True, slots=True)
class Moved:
    """A decision that would have gone elsewhere; `why` the draft sends it there."""

    pk: int
    before: Place
    after: Place
    why: str
    outcome: str  # of a report that says it went wrong, else empty


@dataclass(frozen=True, slots=True)
class Unreplayed:
    pk: int
    reason: str


@dataclass(frozen=True)
class WhatIf:
    """`replayed` of `total` decisions; `days` they lie on. `reviews`: verdicts that people give."""

    total: int
    replayed: int
    moved: list[Moved]
    unreplayed: list[Unreplayed]
    before: dict[str, int]
    after: dict[str, int]
    load_before: Load
    load_after: Load
    reviews_before: int
    reviews_after: int
    closed_before: int
    closed_after: int
    capacity: float | None
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def newly_automatic(self) -> list[Moved]:
        return [each for each in self.moved if each.after.route == "auto"]

    @property
    def went_wrong(self) -> list[Moved]:
        """What the draft would have let through and what was later reported bad."""
        return [each for each in self.newly_automatic if each.outcome]

    @property
    def too_many(self) -> bool:
        return self.capacity is not None and self.load_after.mean > self.capacity


def what_if(
    *,
    scenario: Scenario,
    present: ScenarioDocument,
    draft: ScenarioDocument,
    user: User | AnonymousUser,
    now: datetime,
) -> WhatIf:
    """Replays the decisions of this scenario that `user` may see; reads only."""
    stored = read(scenario, user)
    old, new = Rules(present), Rules(draft)
    readable, unreplayed = sorted_out(stored, old, new)
    harms = Harms.of([(each.pk, each.features) for each in readable])
    (before, closed_before), (after, closed_after) = (
        replayed(rules, readable, harms) for rules in (old, new)
    )
    asked_before, asked_after = _asked(old, readable, before), _asked(new, readable, after)
    bad = _reported_bad(scenario)
    moved = list(_moved(readable, (old, before), (new, after), bad))
    days = _days(readable, now)
    return WhatIf(
        total=len(stored),
        replayed=len(readable),
        moved=moved,
        unreplayed=unreplayed,
        before=dict(Counter(each.route for each in before)),
        after=dict(Counter(each.route for each in after)),
        load_before=load(_daily(readable, asked_before, days)),
        load_after=load(_daily(readable, asked_after, days)),
        reviews_before=sum(asked_before),
        reviews_after=sum(asked_after),
        closed_before=closed_before,
        closed_after=closed_after,
        capacity=draft.policy.capacity,
        reasons=Counter(each.reason for each in unreplayed),
    )


def read(scenario: Scenario, user: User | AnonymousUser) -> list[Stored]:
    """The newest decisions, the oldest of them first."""
    known = Decision.objects.visible_to(user).filter(negotiation__version__scenario=scenario)
    rows = known.order_by("-created_at", "-pk").values_list(*COLUMNS)[:MOST]
    return [Stored(*row) for row in rows][::-1]


def sorted_out(
    stored: Sequence[Stored], old: Rules, new: Rules
) -> tuple[list[Stored], list[Unreplayed]]:
    """Those that both rules can be held against, and why the others cannot."""
    versions = ScenarioVersion.objects.in_bulk({each.version_id for each in stored})
    strange = {}
    for pk, version in versions.items():
        past = Past(ScenarioDocument.model_validate(version.document))
        strange[pk] = old.stranger(past) or new.stranger(past)
    readable, unreplayed = [], []
    for each in stored:
        reason = (
            strange[each.version_id]
            or old.unreadable(each.features)
            or new.unreadable(each.features)
        )
        if reason:
            unreplayed.append(Unreplayed(each.pk, reason))
        else:
            readable.append(each)
    return readable, unreplayed


def replayed(rules: Rules, readable: Sequence[Stored], harms: Harms) -> tuple[list[Judgement], int]:
    """What each would have been judged to be, and how often the budget closed the automatic
    route."""
    by_policy = rules.judged([each.features for each in readable])
    judged = [_stopped(each, one) for each, one in zip(readable, by_policy, strict=True)]
    rows = zip(readable, judged, strict=True)
    held = harms.held_against(
        rules.budget,
        [
            Judged(each.pk, each.features["service"], each.created_at, each.first, judgement)
            for each, judgement in rows
        ],
    )
    return held, sum(one.route != other.route for one, other in zip(judged, held, strict=True))


def _stopped(decision: Stored, judgement: Judgement) -> Judgement:
    stop = decision.stopped
    if stop is None or judgement.route == "refuse":
        return judgement
    return replace(judgement, route="review", findings=(stop, *judgement.findings))


def _moved(
    readable: Sequence[Stored],
    old: tuple[Rules, list[Judgement]],
    new: tuple[Rules, list[Judgement]],
    bad: dict[int, str],
) -> Iterator[Moved]:
    """The newest first."""
    rows = reversed(list(zip(readable, old[1], new[1], strict=True)))
    for each, was, now in rows:
        before, after = _place(old[0], was), _place(new[0], now)
        if before != after:
            yield Moved(each.pk, before, after, _why(was, now), bad.get(each.pk, ""))


def _place(rules: Rules, judgement: Judgement) -> Place:
    if judgement.route != "review":
        return Place(judgement.route)
    tier = rules.tier(judgement)
    return Place("review", tier.people, tier.seniors, tier.own_verdict)


def _why(was: Judgement, now: Judgement) -> str:
    """What sends it there now, or what does not keep it back any more."""
    strictest = [each.text for each in now.findings if each.forces == now.route]
    if strictest:
        return strictest[0]
    return f"No longer: {was.findings[0].text}" if was.findings else ""


def _reported_bad(scenario: Scenario) -> dict[int, str]:
    """What went wrong later, by decision."""
    found = Report.objects.filter(
        replaced_at=None,
        outcome__in=Report.BAD,
        execution__decision__negotiation__version__scenario=scenario,
    ).values_list("execution__decision_id", "outcome")
    return {pk: Report.Outcome(outcome).label for pk, outcome in found}


def _days(readable: Sequence[Stored], now: datetime) -> list[date]:
    """Every day from the first decision until today, days without any included."""
    if not readable:
        return []
    first, last = (timezone.localdate(moment) for moment in (readable[0].created_at, now))
    return [first + timedelta(days=number) for number in range(max((last - first).days, 0) + 1)]


def _asked(rules: Rules, readable: Sequence[Stored], judged: Sequence[Judgement]) -> list[int]:
    """How many people each one takes, besides whoever approved it beforehand."""
    return [
        rules.tier(one).people - (each.mandate_id is not None) if one.route == "review" else 0
        for each, one in zip(readable, judged, strict=True)
    ]


def _daily(readable: Sequence[Stored], asked: Sequence[int], days: Sequence[date]) -> list[int]:
    """How many of each day reach people."""
    reached = Counter(
        timezone.localdate(each.created_at)
        for each, people in zip(readable, asked, strict=True)
        if people
    )
    return [reached[day] for day in days]
