"""Steps of the scenario's form that change which fields there are: more, less, another form."""

from __future__ import annotations

import copy
import re
from itertools import count
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import drafts
from negotiation.views.rules_fields import is_number
from negotiation.views.scenario_fields import LIMITS, OF_GATES, form_of
from negotiation.views.scenario_kinds import shown
from negotiation.views.scenario_subjects import Subjects

if TYPE_CHECKING:
    from negotiation.scenarios.errors import Location

_STEP = re.compile(r"(add|remove|up|down):([a-z_]+(?:\.[a-z0-9_-]+){0,4})", re.ASCII)
_LISTS = {"issues", "facts", "measures", "constraints", "seats", "objectives"}
_NEW: dict[str, dict[str, Any]] = {
    "issues": {"name": "issue", "label": "New issue", "options": ["first", "second"]},
    "facts": {"name": "fact", "label": "New fact", "nominal": 0, "sd": 1},
    "measures": {"name": "measure", "label": "New measure", "formula": "0"},
    "constraints": {
        "name": "rule", "text": "Say what is forbidden", "author": "Who said it",
        "citation": "On what ground", "subject": "", "at_most": 0,
    },
    "seats": {"name": "seat", "title": "New seat", "reservation": 0.3, "objectives": []},
    "beliefs": {"mean": 0, "sd": 1},
    "knows": {
        "mean": 0, "sd": 1, "source": "Say where from", "kind": "estimated",
        "observed_on": "2026-01-01",
    },
}  # fmt: skip


def stepped(tree: dict[str, Any], step: str) -> tuple[dict[str, Any], Location]:
    """The draft after `add:seats`, `remove:seats.0`, `up:issues.1`; and where to look now.

    What makes no sense changes nothing.
    """
    found = _STEP.fullmatch(step[:200])
    if found is None:
        return tree, ()
    verb, path = found.groups()
    at = tuple(int(part) if part.isdigit() else part for part in path.split("."))
    later = copy.deepcopy(tree)
    if verb == "add":
        return later, _grown(later, at)
    held = len(at) > 1 and at[-2] in {"beliefs", "knows"}
    if not held and (len(at) < 2 or at[-2] not in _LISTS):
        return tree, ()
    if verb == "remove":
        drafts.remove(later, at)
        return later, at[:-1]
    by = -1 if verb == "up" else 1
    drafts.move(later, at, by)
    return later, (*at[:-1], int(at[-1]) + by) if isinstance(at[-1], int) else ()


def _grown(tree: dict[str, Any], at: Location) -> Location:
    name = str(at[-1])
    if name in {"beliefs", "knows"}:
        return _held(tree, at)
    if name not in _LISTS or (name == "objectives") != (len(at) == 3):
        return ()
    parts = drafts.at(tree, at)
    if parts is None:
        drafts.put(tree, at, [])
        parts = drafts.at(tree, at)
    if not isinstance(parts, list):
        return ()
    parts.append(_objective(tree, parts) if name == "objectives" else _new(tree, name, parts))
    return (*at, len(parts) - 1)


def _held(tree: dict[str, Any], at: Location) -> Location:
    seat, name = drafts.at(tree, at[:-1]), str(at[-1])
    free = Subjects(tree).free_facts(seat) if isinstance(seat, dict) else []
    if not free:
        return ()
    facts = tree.get("facts")
    nominal = next((each.get("nominal") for each in facts or [] if isinstance(each, dict)
                    and each.get("name") == free[0]), 0)  # fmt: skip
    drafts.put(tree, (*at, free[0]), _NEW[name] | {"mean": nominal})
    return (*at, free[0])


def _new(tree: dict[str, Any], name: str, parts: list[Any]) -> dict[str, Any]:
    made = copy.deepcopy(_NEW[name])
    taken = {part.get("name") for part in parts if isinstance(part, dict)}
    joint = "-" if name in {"constraints", "seats"} else "_"
    numbered = (f"{made['name']}{joint}{number}" for number in count(len(parts) + 1))
    made["name"] = next(each for each in numbered if each not in taken)
    subjects = Subjects(tree)
    if name == "seats":
        made["objectives"] = [_objective(tree, [])]
    if name == "constraints":
        made["subject"] = next(subjects.names("measures"), "")
    return made


def _objective(tree: dict[str, Any], parts: list[Any]) -> dict[str, Any]:
    """About the first thing that the seat has no objective on yet."""
    subjects = Subjects(tree)
    taken = {part.get("subject") for part in parts if isinstance(part, dict)}
    free = [name for name in subjects.of_objectives if name not in taken]
    subject = free[0] if free else ""
    return {"subject": subject, "weight": 1, "value": _usual(subjects, subject)}


def _usual(subjects: Subjects, subject: str) -> dict[str, Any]:
    options = subjects.options(subject)
    if options and not all(_is_figure(option) for option in options):
        return {"table": dict.fromkeys(options, 0.5)}
    figures = [float(option) for option in options]
    return {"worst": min(figures, default=0), "best": max(figures, default=100)}


def _is_figure(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def reformed(tree: dict[str, Any], at: Location, before: str, after: str) -> None:
    """A value function or a limit in another form, as near to what it was as can be."""
    whole = at[:-1]
    if at[-1] == "form":
        if after != before:
            subject = drafts.at(tree, (*whole[:-1], "subject"))
            made = _as_form(Subjects(tree), str(subject), drafts.at(tree, whole), after)
            if made:
                drafts.put(tree, whole, made)
        return
    rule, subjects = drafts.at(tree, whole), Subjects(tree)
    if not isinstance(rule, dict):
        return
    if after != before and after in {*LIMITS, *OF_GATES}:
        drafts.put(tree, (*whole, after), _as_limit(rule.pop(before, None), after))
    for kind in ("in", "not_in"):
        stated = rule.get(kind)
        if isinstance(stated, list) and len(stated) == 1 and stated[0] in subjects.lists:
            rule[kind] = stated[0]


def _as_limit(value: Any, kind: str) -> Any:
    if kind in {"in", "not_in"}:
        return value if isinstance(value, list) else [value] if value is not None else []
    if isinstance(value, list):
        return value[0] if value else 0
    return shown(value) if kind == "differs_from" else value


def _as_form(subjects: Subjects, subject: str, value: Any, form: str) -> dict[str, Any] | None:
    points = _corners(value)
    (low, first), (high, last) = points[0], points[-1]
    if form == "line":
        worst, best = (low, high) if last >= first else (high, low)
        return {"worst": worst, "best": best}
    if form == "points":
        return {"points": [list(point) for point in points]}
    if form == "triangle":
        return {"triangle": [low, max(points, key=lambda point: point[1])[0], high]}
    if form == "table":
        return {"table": dict.fromkeys(subjects.options(subject) or ["option"], 0.5)}
    return None


def _corners(value: Any) -> list[tuple[float, float]]:
    """Any value function as points, rising; two usual ones where it has none."""
    form = form_of(value)
    points: list[tuple[Any, Any]] = []
    if form == "line":
        points = [(value.get("worst"), 0), (value.get("best"), 1)]
    elif form == "points" and isinstance(value["points"], list):
        points = [
            (each[0], each[1])
            for each in value["points"]
            if isinstance(each, list) and len(each) == 2
        ]
    elif form == "triangle" and isinstance(value["triangle"], list):
        points = list(zip(value["triangle"], (0, 1, 0), strict=False))
    known = sorted((x, y) for x, y in points if is_number(x) and is_number(y))
    return known if len(known) > 1 else [(0, 0), (100, 1)]
