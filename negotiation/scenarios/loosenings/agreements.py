"""Who has to agree, what is done with an agreement, and on whose history it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.endings import IMPOSED
from negotiation.engine.formatting import listed
from negotiation.scenarios.loosenings.changes import Change, of_figure, of_options, of_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.schema import ScenarioDocument, Seat
    from negotiation.scenarios.words import Words


def of_agreement(
    before: ScenarioDocument, after: ScenarioDocument, words: Words
) -> Iterator[Change]:
    yield from of_figure(
        "Seats that may be overruled",
        before.protocol.dissent,
        after.protocol.dissent,
        up="loosens",
        unit="",
        words=words,
    )
    old, new = ({seat.name: seat for seat in each.seats} for each in (before, after))
    for name in (each for each in new if each in old):
        yield from _seat(old[name], new[name], words)
    yield from _resolution(before, after)


def _seat(was: Seat, now: Seat, words: Words) -> Iterator[Change]:
    if was.veto != now.veto:
        said = "has a veto now" if now.veto else "has no veto any more"
        yield Change(f"{now.title} {said}", "tightens" if now.veto else "loosens")
    if was.owner != now.owner:
        # Whoever answered for it may clear what it agrees to from now on.
        told = f"Who answers for {now.title}: {was.owner or 'nobody'} → {now.owner or 'nobody'}"
        yield Change(told, "loosens" if was.owner else "tightens")
    if was.veto and was.objectives != now.objectives:
        # Its veto is at its limit, and what lies above that these say.
        yield Change(
            f"What {now.title}, which has a veto, is measured by is other than before", "loosens"
        )
    # Below its limit a seat does not agree, and confidence is that of being above it.
    label = f"Limit of {now.title}"
    yield from of_figure(
        label, was.reservation, now.reservation, up="tightens", unit="", words=words
    )


def _resolution(before: ScenarioDocument, after: ScenarioDocument) -> Iterator[Change]:
    """What is imposed goes to a person whatever the order, so only a new way of imposing counts."""
    was, now = before.policy.resolution, after.policy.resolution
    imposing = [step for step in now if step in IMPOSED and step not in was]
    spared = [step for step in was if step in IMPOSED and step not in now]
    for step in imposing:
        yield Change(f"Without an agreement a {step} may overrule seats", "loosens")
    for step in spared:
        yield Change(f"No {step} overrules seats any more", "tightens")
    yield from of_words("Without an agreement", ", ".join(was), ", ".join(now))
    order = (before.policy.precedence, after.policy.precedence)
    yield from of_words("Order of precedence", *(listed(seats) for seats in order))


def of_identity(before: ScenarioDocument, after: ScenarioDocument) -> Iterator[Change]:
    """What the budget, the reports and the precedents are kept by: another one begins anew."""
    for label, was, now in (
        ("Service", before.service, after.service),
        ("Action", before.action, after.action),
    ):
        if was != now:
            yield Change(f"{label} “{was}” → “{now}”, without its history", "loosens")
    seats = ([seat.name for seat in each.seats] for each in (before, after))
    yield from _seats(*seats)
    yield from _executor(before, after)


def _seats(was: list[str], now: list[str]) -> Iterator[Change]:
    if set(was) != set(now):
        yield from of_options("Seats at the table", was, now, more="loosens")
        if set(was) > set(now):
            yield Change("Fewer seats have to agree", "loosens")


def _executor(before: ScenarioDocument, after: ScenarioDocument) -> Iterator[Change]:
    was, now = before.executor, after.executor
    if was == now:
        return
    told = [f"{each.kind}{f' to {each.target}' if each.target else ''}" for each in (was, now)]
    real = now.kind != "dry-run"
    yield Change(f"Carried out by {told[0]} → {told[1]}", "loosens" if real else "tightens")
