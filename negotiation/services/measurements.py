"""Figures that were measured after an execution: of which facts and measures, and how exactly."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.models import ScenarioVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST = 1e15
_FIELDS = {"name", "value", "sd"}


class BadFigure(ValueError):
    """What was sent is no measured figure; the sentence says why."""


class Measurable(NamedTuple):
    """A fact or a measure of a scenario. Claims are made about facts; `assumed` is how far off
    everybody assumes such a fact to be at most, 0 where nothing is assumed."""

    name: str
    label: str
    unit: str
    is_fact: bool
    assumed: float = 0


# Versions never change, so each one's figures are read once per process.
_known: dict[tuple[int, str], dict[str, Measurable]] = {}


def measurable(version: ScenarioVersion) -> dict[str, Measurable]:
    """By name, facts first."""
    key = (version.pk, version.document_hash)
    if key not in _known:
        row = ScenarioVersion.objects.filter(pk=version.pk)
        facts, measures = row.values_list("document__facts", "document__measures").get()
        named = [(each, True) for each in facts or ()] + [(each, False) for each in measures or ()]
        _known[key] = {
            each["name"]: Measurable(
                each["name"],
                each["label"],
                each.get("unit") or "",
                is_fact,
                float(each.get("sd") or 0) if is_fact else 0,
            )
            for each, is_fact in named
        }
    return _known[key]


def checked(stated: object, known: Mapping[str, Measurable]) -> list[dict[str, Any]]:
    """As a report keeps them: name, value and standard deviation (0 where none is said)."""
    if not isinstance(stated, list | tuple):
        raise BadFigure("`measured` is a list of figures: name, value and, if known, sd.")
    if len(stated) > len(known):
        raise BadFigure(f"There are {len(known)} figures to measure here, and {len(stated)} came.")
    found = {each["name"]: each for each in (_figure(one, known) for one in stated)}
    if len(found) != len(stated):
        raise BadFigure("A figure is measured once; one of them came twice.")
    return list(found.values())


def _figure(stated: object, known: Mapping[str, Measurable]) -> dict[str, Any]:
    if not isinstance(stated, dict) or not {"name", "value"} <= stated.keys() <= _FIELDS:
        raise BadFigure("A measured figure has a name, a value and, if known, an sd.")
    name = stated["name"]
    if not isinstance(name, str) or name not in known:
        raise BadFigure(f"There is no fact or measure {ascii(name)[:60]} in this scenario.")
    label = known[name].label
    sd = _number(stated.get("sd", 0), f"The standard deviation of {label}")
    if sd < 0:
        raise BadFigure(f"The standard deviation of {label} is not below 0.")
    assumed = known[name].assumed
    if 0 < assumed < sd:
        # Beside a very vague figure every claim would turn out right.
        raise BadFigure(
            f"± {sd:g} says less about {label} than everybody may assume (± {assumed:g}):"
            " measure it more exactly, or leave it out."
        )
    return {"name": name, "value": _number(stated["value"], label), "sd": sd}


def _number(value: object, what: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, int | float) and number and abs(value) <= LARGEST and isfinite(value):
        return float(value)
    raise BadFigure(f"{what} is a number, at most {LARGEST:.0e} in size.")


def typed(fields: Mapping[str, str], known: Mapping[str, Measurable]) -> Sequence[dict[str, Any]]:
    """What a person wrote into a form: `measured-<name>` and `measured-sd-<name>`."""
    found = []
    for name, each in known.items():
        value = fields.get(f"measured-{name}", "").strip()
        sd = fields.get(f"measured-sd-{name}", "").strip()
        if sd and not value:
            raise BadFigure(f"{each.label} has a standard deviation and no value.")
        if value:
            written = {"value": _read(value, each.label), "sd": _read(sd or "0", each.label)}
            found.append({"name": name, **written})
    return found


def _read(text: str, label: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadFigure(f"{label}: {text[:40]!a} is no number.") from error
