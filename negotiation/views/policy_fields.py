"""The fields of a policy's form. Each is named by its place in the scenario's document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from negotiation.engine.table import RESOLUTIONS
from negotiation.views.rules_fields import (
    NUMBERS,
    Field,
    Kind,
    is_number,
    listed,
    names,
    number,
    plain,
)
from negotiation.views.scenario_fields import OF_GATES
from negotiation.views.scenario_kinds import choice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.words import Words

LIMITS = {"at_most": "at most", "at_least": "at least", "above": "above", "below": "below"}
LISTS = {"in": "one of", "not_in": "none of"}


def _maybe(text: str) -> float | None:
    return number(text) if text else None


def _truth(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError("Write yes or no.")
    return text == "yes"


def _some_names(text: str, *, known: list[str]) -> list[str]:
    return names(text, known=known) if text else []


TEXT = Kind(str, str, longest=200, wide=True)
YES_NO = Kind(lambda value: "yes" if value else "no", _truth, choices=("yes", "no"))
MAYBE = Kind(lambda value: "" if value is None else plain(value), _maybe)

_JUDGING = (
    ("review_from", "A person decides from", "Risk score, 0 to 100.", "points"),
    ("refuse_from", "Refused from", "Nobody can clear it.", "points"),
    ("minimum_confidence", "Confidence needed", "Below it a person decides. From 0 to 1.", ""),
    ("budget.harm", "Risk without a person", "Expected harm; then a person decides.", ""),
    ("budget.hours", "Used risk is forgotten in", "Evenly, hour by hour.", "hours"),
    ("irreversible.severity", "What cannot be undone: from a loss of", "Of what is tolerated.", ""),
    ("irreversible.people", "People for what cannot be undone", "", "people"),
    ("grant_hours", "An approval holds for", "After it the approval is void.", "hours"),
    ("audit_share", "Automatic ones looked at afterwards", "A share from 0 to 1.", ""),
)
_TIER = (
    ("from", "Begins at", "Risk score; the first begins at 0.", "points"),
    ("people", "People who decide", "Distinct persons, for exactly this package.", "people"),
    ("seniors", "Senior managers among them", "", "people"),
    ("window_hours", "Time to decide", "If nobody does, it escalates or expires.", "hours"),
    ("escalations", "How often it escalates", "Each time with as many hours again.", "times"),
)
_FREEZE = (
    ("text", "What is frozen, and why"),
    ("begins", "Begins, with its time zone"),
    ("ends", "Ends"),
)


def of_judging(policy: Mapping[str, Any]) -> Iterator[Field]:
    for name, label, about, unit in _JUDGING:
        at: Location = ("policy", *name.split("."))
        value: Any = policy
        for step in at[1:]:
            value = value[step]
        yield Field(at, label, plain(value), about, unit)
    about = "Those beyond it are told before a policy is saved."
    present = MAYBE.show(policy["capacity"])
    yield Field(("policy", "capacity"), "People can take", present, about, "a day", MAYBE)


def of_tier(place: int, tier: Mapping[str, Any]) -> Iterator[Field]:
    at: Location = ("policy", "tiers", place)
    for name, label, about, unit in _TIER:
        yield Field((*at, name), label, plain(tier[name]), about, unit)
    about = "Each says what they would do before they see what the agents say."
    shown = YES_NO.show(tier["own_verdict"])
    yield Field((*at, "own_verdict"), "Own verdict first", shown, about, kind=YES_NO)


def of_losses(policy: Mapping[str, Any], words: Words) -> Iterator[Field]:
    risk, at = policy["risk"], ("policy", "risk")
    for place, part in enumerate(risk["dimensions"]):
        where: Location = (*at, "dimensions", place, "tolerance")
        about = f"{words.label(part['loss'])}. Halving this doubles the expected harm."
        label, unit = f"Tolerated loss: {part['label']}", words.unit(part["loss"])
        yield Field(where, label, plain(part["tolerance"]), about, unit)
    for name, label in (("affected", "Affected"), ("population", "Of how many")):
        if is_number(risk[name]):
            yield Field((*at, name), label, plain(risk[name]))
    stated = risk["reversibility"]
    about = "0 undone by itself within minutes, 1 not at all."
    if is_number(stated):
        yield Field((*at, "reversibility"), "How hard to undo", plain(stated), about)
        return
    for option, level in stated["levels"].items():
        label = f"How hard to undo: {words.value(stated['by'], option)}"
        yield Field((*at, "reversibility", "levels", option), label, plain(level), about)


def of_gate(
    place: int, gate: Mapping[str, Any], words: Words, subjects: Mapping[str, str]
) -> Iterator[Field]:
    """`subjects`: what a gate can be about, by name."""
    at: Location = ("policy", "gates", place)
    yield Field((*at, "text"), "What needs people", gate["text"], kind=TEXT)
    about = choice(subjects)
    yield Field((*at, "subject"), "When", gate["subject"], kind=about, words=subjects)
    given = next((kind for kind in OF_GATES if gate.get(kind) is not None), "at_least")
    yield Field((*at, "limit"), "Is", given, kind=choice(OF_GATES), words=OF_GATES)
    made = _limit((*at, given), gate, gate.get(given), "", words)
    if made:
        made.label = f"{words.label(gate['subject'])} is {OF_GATES[given]}"
        yield made
    yield Field(
        (*at, "people"), "People who decide, at least", plain(gate["people"]), unit="people"
    )


def of_constraints(document: Mapping[str, Any], words: Words) -> Iterator[Field]:
    shown: set[Location] = set()
    for place, rule in enumerate(document["constraints"]):
        for kind in (*LIMITS, *LISTS):
            limit: Any = rule.get(kind)
            at: Location = ("constraints", place, kind)
            if isinstance(limit, str):
                at, limit = ("parameters", limit), document["parameters"].get(limit)
            made = _limit(at, rule, limit, f"{rule['author']}. {rule['citation']}", words)
            if made and at not in shown:
                shown.add(at)
                yield made


def of_freeze(place: int, freeze: Mapping[str, Any]) -> Iterator[Field]:
    for name, label in _FREEZE:
        about = "" if name == "text" else "Like 2026-12-20T08:00Z."
        yield Field(("policy", "freezes", place, name), label, freeze[name], about, kind=TEXT)


def of_agreement(document: Mapping[str, Any]) -> Iterator[Field]:
    """Who has to consent, and what is tried when they do not; either list may be empty."""
    dissent = plain(document["protocol"]["dissent"])
    yield Field(("protocol", "dissent"), "Seats that may be overruled", dissent, unit="seats")
    for place, seat in enumerate(document["seats"]):
        at: Location = ("seats", place, "veto")
        shown = YES_NO.show(seat["veto"])
        yield Field(at, f"{seat['title']} has a veto", shown, kind=YES_NO)
    seats = [seat["name"] for seat in document["seats"]]
    steps: list[str] = [*RESOLUTIONS]
    for name, label, about, known in (
        ("resolution", "Without an agreement", f"Of {', '.join(RESOLUTIONS)}.", steps),
        ("precedence", "Order of precedence", "Seats, the most important first.", seats),
    ):
        kind = Kind(listed, partial(_some_names, known=known), longest=1000, wide=True)
        present = listed(document["policy"][name])
        yield Field(("policy", name), label, present, about, kind=kind)


def _limit(
    at: Location, rule: Mapping[str, Any], limit: Any, about: str, words: Words
) -> Field | None:
    """The field of a rule's limit, or None where it has none that is a figure or a list."""
    if is_number(limit):
        return Field(at, rule["text"], plain(limit), about, words.unit(rule["subject"]))
    if not isinstance(limit, list) or any("," in str(each) for each in limit):
        return None
    kind = NUMBERS
    if not all(is_number(each) for each in limit):
        known = words.known(rule["subject"])
        read = partial(names, known=[*known, *limit] if known else [])
        kind = Kind(listed, read, longest=1000, wide=True)
        spelled = ", ".join(words.value(rule["subject"], each) for each in limit)
        about = f"{about}: {spelled}" if about else spelled
    return Field(at, rule["text"], listed(limit), about, kind=kind)
