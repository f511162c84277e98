"""The fields of one part of a scenario: which there are, the schema says, in its order."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from negotiation.engine.strategies import STRATEGIES
from negotiation.scenarios import catalogues
from negotiation.scenarios.schema import ScenarioDocument, Test
from negotiation.views import scenario_kinds as kinds
from negotiation.views.rules_fields import Field
from negotiation.views.scenario_labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.scenarios.errors import Location
    from negotiation.scenarios.fields import Part
    from negotiation.views.rules_fields import Kind

FORMS = {
    "line": "straight line",
    "points": "through points",
    "triangle": "triangle",
    "table": "by option",
}
LIMITS = dict(
    zip(
        Test.KINDS,
        ("one of", "none of", "at most", "at least", "exactly", "other than"),
        strict=True,
    )
)
_OF_LIMITS: dict[str, Kind] = {
    "in": kinds.LIST,
    "not_in": kinds.LIST,
    "at_most": kinds.LIMIT,
    "at_least": kinds.LIMIT,
    "equals": kinds.SCALAR,
    "differs_from": kinds.TEXT,
}
# Of gates, whose limits are figures only; what a person writes is told apart by its own fields.
OF_GATES = {"at_least": "at least", "above": "above", "below": "below", "not_in": "none of"}


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    schema = ScenarioDocument.model_json_schema()
    return {"ScenarioDocument": schema, **schema["$defs"]}


def stated(model: type[Part], at: Location, part: Any, *only: str) -> Iterator[Field]:
    """The fields of a part that have a label, or `only` these; raw where it has none at all."""
    if not isinstance(part, dict):
        yield raw(at, model.__name__, part)
        return
    properties = _schema()[model.__name__]["properties"]
    for name in only or properties:
        known = LABELS.get(f"{model.__name__}.{name}")
        if known is None:
            continue
        kind = known.kind or _kind(name, properties[name])
        value = part.get(name, properties[name].get("default"))
        if not kinds.fits(kind, value):
            kind = kinds.YAML
        text = "" if value is None else kind.show(value)
        yield Field((*at, name), known.label, text, known.help, known.unit, kind)


def raw(at: Location, label: str, value: Any) -> Field:
    """Anything, as YAML."""
    return Field(at, label, kinds.YAML.show(value), "As YAML.", kind=kinds.YAML)


def _kind(name: str, said: Mapping[str, Any]) -> Kind:
    """What the schema says of a property."""
    if name == "strategy":
        return kinds.choice(STRATEGIES)
    if name == "catalogue":
        return kinds.choice(catalogues.names(), empty=True)
    if "enum" in said:
        return kinds.choice(said["enum"])
    members = said.get("anyOf", [said])
    types, optional = {member.get("type") for member in members}, {"type": "null"} in members
    if "boolean" in types:
        return kinds.YES_NO
    if types & {"integer", "number"}:
        return kinds.MAYBE_NUMBER if optional else kinds.NUMBER
    return kinds.MAYBE_TEXT if optional or "default" in said else kinds.TEXT


def of_subject(at: Location, part: Any, label: str, subjects: Mapping[str, str]) -> Field:
    """What an objective or a rule is about: chosen among what the draft declares."""
    text = kinds.shown(part.get("subject"))
    return Field((*at, "subject"), label, text, kind=kinds.choice(subjects), words=subjects)


def form_of(value: Any) -> str:
    """In which of the forms a value function is written; empty where in none or several."""
    if not isinstance(value, dict):
        return ""
    line = bool(value.keys() & {"worst", "best"})
    given = ["line"] * line + [form for form in FORMS if value.get(form) is not None]
    return given[0] if len(given) == 1 else ""


def of_value(at: Location, value: Any, unit: str) -> Iterator[Field]:
    """The form of a value function, and its figures. `at` of the form is no place in the document:
    choosing another one rewrites all of it."""
    form = form_of(value)
    if not form:
        yield raw(at, "Value function", value)
        return
    yield Field((*at, "form"), "Value", form, kind=kinds.choice(FORMS), words=FORMS)
    if form == "line":
        for end, meaning in (("worst", "Worth 0 at"), ("best", "Worth 1 at")):
            yield Field((*at, end), meaning, kinds.shown(value.get(end)), "", unit, kinds.NUMBER)
    elif form == "points":
        about = f"figure{f' in {unit}' if unit else ''}: value, from 0 to 1"
        yield _field((*at, "points"), "Points", value["points"], about, kinds.POINTS)
    elif form == "triangle":
        about = f"low, best, high{f' in {unit}' if unit else ''}"
        yield _field((*at, "triangle"), "Corners", value["triangle"], about, kinds.LIST)
    else:
        about = "option: value, from 0 to 1"
        yield _field((*at, "table"), "Options", value["table"], about, kinds.WORTHS)


def _field(at: Location, label: str, value: Any, about: str, kind: Kind) -> Field:
    kind = kind if kinds.fits(kind, value) else kinds.YAML
    return Field(at, label, kind.show(value), about, kind=kind)


def of_limit(at: Location, rule: Any, unit: str) -> Iterator[Field]:
    """Which limit a rule sets, and where it is."""
    given = [kind for kind in LIMITS if rule.get(kind) is not None]
    if len(given) > 1:
        yield from (_field((*at, kind), LIMITS[kind], rule[kind], "", kinds.YAML) for kind in given)
        return
    name = given[0] if given else "at_most"
    yield Field((*at, "limit"), "Is", name, kind=kinds.choice(LIMITS), words=LIMITS)
    kind, value = _OF_LIMITS[name], rule.get(name)
    text = "" if value is None else kind.show(value)
    about = "A figure, or the name of a parameter." if name in {"at_most", "at_least"} else ""
    about = "With commas between, or the name of a parameter." if kind is kinds.LIST else about
    yield Field((*at, name), "Limit", text, about, "" if kind is kinds.LIST else unit, kind)
