"""Who told whom what, and what it did to those who heard it: beliefs before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.engine.formatting import spread
from negotiation.engine.plain import plain
from negotiation.intervals import Scale
from negotiation.lexicon import lexicon_for
from negotiation.presentation import shown_evidence
from negotiation.timelines import timeline

if TYPE_CHECKING:
    from negotiation.engine.beliefs import Belief
    from negotiation.engine.retellings import Hearing
    from negotiation.intervals import Interval
    from negotiation.lexicon import Face, Lexicon
    from negotiation.models import Negotiation
    from negotiation.timelines import Timeline

SHOWN = 30
"""So many tellings are shown, the newest; the transcript has them all."""


class Heard(NamedTuple):
    """What one seat made of a claim."""

    face: Face
    before: Interval
    after: Interval
    text_before: str
    text_after: str
    moved: bool


class Telling(NamedTuple):
    """`by_person`: a person told it, and no agent. `claim` is the claim in the same picture."""

    seq: int
    face: Face
    to: list[Face]
    by_person: bool
    evidence: dict[str, Any]
    claim: Interval
    heard: list[Heard]


class SeatBelief(NamedTuple):
    face: Face
    interval: Interval
    text: str


class Believed(NamedTuple):
    """A fact that people may tell of, with what each seat takes it to be."""

    name: str
    label: str
    unit: str
    assumed: str
    seats: list[SeatBelief]


def tellings(lexicon: Lexicon, line: Timeline) -> list[Telling]:
    """The newest, in the order they were said."""
    return [_telling(lexicon, hearing) for hearing in line.knowledge.hearings[-SHOWN:]]


def believed(negotiation: Negotiation) -> list[Believed]:
    """The public facts of the table as it stands."""
    lexicon, line = lexicon_for(negotiation.version), timeline(negotiation)
    found = []
    for fact in line.knowledge.table.facts:
        if fact.disclosure != "public":
            continue
        beliefs = {name: each[fact.name] for name, each in line.knowledge.beliefs.items()}
        scale = Scale.over((each.mean, each.sd) for each in beliefs.values())
        seats = [
            SeatBelief(
                lexicon.face(name), scale.interval(each.mean, each.sd), _text(each, fact.unit)
            )
            for name, each in beliefs.items()
        ]
        assumed = spread(fact.nominal, 0.0, fact.unit)
        found.append(Believed(fact.name, fact.label, fact.unit, assumed, seats))
    return found


def _telling(lexicon: Lexicon, hearing: Hearing) -> Telling:
    claim = hearing.evidence
    shown = [*hearing.before.values(), *hearing.after.values()]
    scale = Scale.over([(claim.mean, claim.sd), *((each.mean, each.sd) for each in shown)])
    face = lexicon.face(hearing.sender)
    unit = lexicon.words.unit(claim.fact)
    return Telling(
        seq=hearing.seq,
        face=face,
        to=[] if hearing.everybody else [lexicon.face(name) for name in hearing.before],
        by_person=face.kind == "person",
        evidence=shown_evidence(lexicon, plain(claim)) or {},
        claim=scale.interval(claim.mean, claim.sd),
        heard=[
            Heard(
                face=lexicon.face(name),
                before=scale.interval(before.mean, before.sd),
                after=scale.interval(hearing.after[name].mean, hearing.after[name].sd),
                text_before=_text(before, unit),
                text_after=_text(hearing.after[name], unit),
                moved=(before.mean, before.sd)
                != (hearing.after[name].mean, hearing.after[name].sd),
            )
            for name, before in hearing.before.items()
            if name != hearing.sender
        ],
    )


def _text(belief: Belief, unit: str) -> str:
    return spread(belief.mean, belief.sd, unit)
