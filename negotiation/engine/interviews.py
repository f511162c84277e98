"""What a seat can say about an agreement when a person asks it, in the words of the transcript.

Everything is read off its own figures: what it knows and believes, the contributions that its
utility is made of, its limit and its best.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from negotiation.engine.formatting import (
    listed,
    number,
    option_text,
    spread,
)
from negotiation.engine.messages import PERSON, Act
from negotiation.engine.phrases import brought, compared, gains_and_losses, the
from negotiation.engine.plain import plain
from negotiation.engine.reasons import all_reasons, reasons
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Evidence, Message, Offer, Option
    from negotiation.engine.outlook import Outlook
    from negotiation.engine.session import Session
    from negotiation.engine.table import Table

_SURE = 0.995
_NOT_LAWFUL = "This offer is not lawful by the rules that I talked under."
_NAMED = 3  # priorities that a sentence can name


@dataclass(frozen=True, slots=True)
class Answer:
    """`figures` are plain JSON; `refused` where the rules of the table do not let it be told."""

    text: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False


def knowledge(session: Session, seat: str, fact_name: str) -> Answer:
    """What `seat` knows about a fact, from where, and how sure it is."""
    table, outlook = session.table, session.outlooks[seat]
    fact, belief = table.fact[fact_name], outlook.beliefs[fact_name]
    if fact.disclosure == "never":
        text = f"I may not tell. The rules of this table say that {the(fact.label)} is told nobody."
        return Answer(text, refused=True)
    own = table.seat[seat].knows.get(fact_name)
    believed = spread(belief.mean, belief.sd, fact.unit)
    heard = _heard(session, seat, fact_name)
    sentences = [_own_figure(fact.label, own, fact.unit)]
    if heard:
        sentences.append(f"I was told {listed([_told(table, said) for said in heard])}.")
    if heard or own is None:
        how = "All in all I reckon with" if heard else "I assume"
        sentences.append(f"{how} {believed}{', without any doubt' if belief.sd == 0 else ''}.")
    figures = {
        "own": plain(own),
        "belief": {"mean": belief.mean, "sd": belief.sd},
        "heard": [{"seq": said.seq, "sender": said.sender} for said in heard],
    }
    return Answer(" ".join(sentences), figures)


def instead(session: Session, seat: str, agreed: Offer, changes: Mapping[str, Option]) -> Answer:
    """What `seat` would gain or lose if the agreement had these options instead."""
    table, outlook = session.table, session.outlooks[seat]
    other = {**agreed, **changes}
    row, against = _row(table, other), _row(table, agreed)
    switched = listed([option_text(table.space, name, changes[name]) for name in changes])
    if row is None:
        return Answer(f"With {switched} it would not be lawful here: {_broken(table, other)}")
    if against is None:
        return Answer(_NOT_LAWFUL)
    gains, losses = gains_and_losses(reasons(outlook, row, against))
    said = [
        f"With {switched} I would {how}: {compared(table, each)}."
        for how, each in (("gain", gains), ("lose", losses))
        if each
    ]
    difference = float(outlook.utilities[row] - outlook.utilities[against])
    said.append(_all_in_all(difference) if said else f"With {switched} nothing changes for me.")
    figures = {
        "utility": float(outlook.utilities[row]),
        "before": float(outlook.utilities[against]),
        "surplus": outlook.surplus(row),
        "surplus_before": outlook.surplus(against),
        "reasons": plain(all_reasons(outlook, row, against)),
    }
    return Answer(" ".join([*said, _stands(outlook, row)]), figures)


def priorities(session: Session, seat: str, agreed: Offer) -> Answer:
    """What matters most to `seat`, and how far the agreement is from its limit and its best."""
    outlook, row = session.outlooks[seat], _row(session.table, agreed)
    preferences = outlook.seat.preferences
    shares = sorted(preferences.objectives, key=lambda each: -each.weight)[:_NAMED]
    named = [f"{the(each.label)} ({_percent(preferences.shares[each.subject])})" for each in shares]
    start = f"What counts for me: {listed(named)}." if named else "No objective counts for me."
    if row is None:
        return Answer(f"{start} {_NOT_LAWFUL}")
    figures = {
        "shares": {each.subject: preferences.shares[each.subject] for each in shares},
        "utility": float(outlook.utilities[row]),
        "limit": outlook.reservation,
        "best": outlook.best,
        "surplus": outlook.surplus(row),
        "confidence": outlook.confidence(row),
    }
    return Answer(
        f"{start} {_brings(session.table, outlook, row)} {_stands(outlook, row)}", figures
    )


def motive(session: Session, seat: str, agreed: Offer) -> Answer:
    """Why `seat` accepted what was agreed; that it did not, where it did not."""
    table, outlook = session.table, session.outlooks[seat]
    row = _row(table, agreed)
    if row is None:
        return Answer("I never had this offer before me; a person made it of what we agreed.")
    consent, own = _consent(session, seat, agreed), _own_last(session, seat)
    how = f"I agreed in #{consent.seq}." if consent else "I did not agree to exactly this."
    why = _brings(table, outlook, row)
    if own is not None and own.offer is not None and own.offer != agreed:
        against = _row(table, own.offer)
        assert against is not None
        gains, losses = gains_and_losses(reasons(outlook, row, against))
        parts = [compared(table, each) for each in (gains, losses) if each]
        if parts:
            why = f"Compared with my own #{own.seq}, {', but '.join(parts)}."
    figures = {"agreed_in": consent.seq if consent else None, "surplus": outlook.surplus(row)}
    return Answer(f"{how} {why} {_stands(outlook, row)}", figures)


def _own_figure(label: str, own: Evidence | None, unit: str) -> str:
    if own is None:
        return f"I have no figure of my own for {the(label)}."
    dated = f", {own.observed_on}" if own.observed_on else ""
    figure = spread(own.mean, own.sd, unit)
    return f"{label}: {figure}. Source: {own.source} ({own.kind}{dated})."


def _told(table: Table, said: Message) -> str:
    assert said.evidence is not None
    fact = table.fact[said.evidence.fact]
    told = spread(said.evidence.mean, said.evidence.sd, fact.unit)
    seat = table.seat.get(said.sender)
    who = seat.title if seat else said.sender.removeprefix(PERSON)
    return f"{told} by {who} in #{said.seq}"


def _heard(session: Session, seat: str, fact: str) -> list[Message]:
    return [
        said
        for said in session.messages
        if said.told is not None
        and said.told.fact == fact
        and said.sender != seat
        and (not said.recipients or seat in said.recipients)
    ]


def _consent(session: Session, seat: str, agreed: Offer) -> Message | None:
    """The newest message in which `seat` accepts this offer or asks for it itself."""
    wanted = (Act.ACCEPT, Act.PROPOSE, Act.REVISE)
    own = (said for said in session.messages if said.sender == seat and said.act in wanted)
    return next((said for said in reversed(tuple(own)) if said.offer == agreed), None)


def _own_last(session: Session, seat: str) -> Message | None:
    offers = (Act.PROPOSE, Act.REVISE)
    own = (said for said in reversed(session.messages) if said.sender == seat)
    return next((said for said in own if said.act in offers), None)


def _row(table: Table, offer: Offer) -> int | None:
    return table.row_of(table.space.index_of(offer))


def _broken(table: Table, offer: Offer) -> str:
    index = table.space.index_of(offer)
    rules = zip(table.constraints, table.masks, strict=True)
    return " ".join(f"“{rule.text}”" for rule, mask in rules if not mask[index])


def _brings(table: Table, outlook: Outlook, row: int) -> str:
    objectives = outlook.seat.preferences.objectives
    first = max(objectives, key=lambda each: each.weight).subject if objectives else ""
    return brought(table, reasons(outlook, row, None), first if objectives[1:] else "")


def _all_in_all(difference: float) -> str:
    if abs(difference) <= TOLERANCE:
        return "All in all it is as good for me."
    how = "better" if difference > 0 else "worse"
    return f"All in all it is {how} for me by {number(abs(difference), 2)} on a scale from 0 to 1."


def _stands(outlook: Outlook, row: int) -> str:
    """Where an offer stands between the seat's limit and its best."""
    surplus, sure = outlook.surplus(row), outlook.confidence(row)
    if outlook.utilities[row] < outlook.reservation - TOLERANCE:
        return "It is below my limit."
    stands = f"It is {_percent(surplus)} of the way from my limit to my best"
    if sure >= _SURE:
        return f"{stands}."
    return f"{stands}; I am {number(100 * sure, 2)} % sure that it clears my limit."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
