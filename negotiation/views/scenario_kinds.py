"""How the parts of a scenario are written in a form: to a text and back.

A text that cannot be read stays as it was typed; what is wrong with it is told beside its field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from negotiation.scenarios import documents
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.writings import as_yaml, in_a_line
from negotiation.views.rules_fields import CURVE, Kind, is_number, number, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_RANGE = re.compile(r"(-?[0-9.]{1,15}) *(?:to|\.\.|…) *(-?[0-9.]{1,15})(?: +step +([0-9.]{1,15}))?")
_MOST_OPTIONS = 500
_LONGEST = 20_000


def shown(value: object) -> str:
    """Any value in one line: texts as they are, the rest as YAML."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, int | float) else in_a_line(value)


def _text(text: str) -> str:
    return text


def _maybe(text: str) -> str | None:
    return text or None


def _figure(text: str) -> object:
    return number(text)


def _figure_or_none(text: str) -> object:
    return number(text) if text else None


def _truth(text: str) -> object:
    return {"yes": True, "no": False}.get(text, text)


def part_of_yaml(text: str) -> Any:
    """A fragment of YAML, whatever it begins with; raises ValueError with the place in it."""
    indented = "".join(f"  {line}\n" for line in text.split("\n"))
    try:
        return documents.parse(f"part:\n{indented}", source="").data["part"]
    except ScenarioError as error:
        (problem,) = error.problems
        line = (problem.line or 2) - 1
        column = f", column {problem.column - 2}" if problem.column and problem.column > 2 else ""
        raise ValueError(f"Line {max(line, 1)}{column}: {problem.problem}.") from None


def _yaml(value: object) -> str:
    if isinstance(value, dict | list):
        return as_yaml({"part": value}).partition("\n")[2].rstrip("\n") if value else ""
    return shown(value)


def _unindented(value: object) -> str:
    lines = _yaml(value).split("\n")
    return "\n".join(line.removeprefix("  ") for line in lines)


def _read_yaml(text: str) -> Any:
    return part_of_yaml(text) if text.strip() else None


def _or_as_typed(show: Callable[[Any], str]) -> Callable[[Any], str]:
    """What could not be read is kept as a text, and shown as it is."""
    return lambda value: value if isinstance(value, str) else show(value)


def _options(value: Any) -> str:
    return "\n".join(_option(each) for each in value)


def _option(option: Any) -> str:
    if isinstance(option, dict) and option.keys() == {"value", "label"}:
        return f"{in_a_line(option['value'])} = {option['label']}"
    return in_a_line(option)


def _read_options(text: str) -> list[Any]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) == 1 and (found := _RANGE.fullmatch(lines[0])):
        return _stepped(*found.groups())
    return [_read_option(line) for line in lines]


def _read_option(line: str) -> Any:
    value, equals, label = line.partition(" = ")
    if not equals:
        return part_of_yaml(line)
    return {"value": part_of_yaml(value.strip()), "label": label.strip()}


def _stepped(low: str, high: str, step: str | None) -> list[Any]:
    first, last, by = number(low), number(high), number(step or "1")
    if by <= 0 or last < first:
        raise ValueError("A range rises: write it like 0 to 100 step 25.")
    count = int((last - first) / by + 1e-9) + 1
    if count > _MOST_OPTIONS:
        raise ValueError(f"That are {count:,} options; {_MOST_OPTIONS} is the most.")
    return [number(plain(round(first + place * by, 9))) for place in range(count)]


def _worths(value: Any) -> str:
    return "\n".join(f"{option}: {shown(worth)}" for option, worth in value.items())


def _read_worths(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in text.split("\n"):
        if not line.strip():
            continue
        option, colon, worth = line.rpartition(":")
        if not colon or not option.strip():
            raise ValueError("Write one option in a line, as option: value from 0 to 1.")
        found[option.strip()] = number(worth.strip())
    return found


def _list(value: Any) -> str:
    return in_a_line(value)[1:-1] if isinstance(value, list) else shown(value)


def _read_list(text: str) -> Any:
    """A list with commas between."""
    return part_of_yaml(f"[{text}]")


def _read_number_or_name(text: str) -> Any:
    try:
        return number(text)
    except ValueError:
        return text


TEXT = Kind(shown, _text, longest=200)
MAYBE_TEXT = Kind(shown, _maybe, longest=400)
LINE = Kind(shown, _text, longest=200, wide=True)
PROSE = Kind(shown, _maybe, longest=2000, wide=True, rows=3)
FORMULA = Kind(shown, _text, longest=1000, wide=True, rows=3, code=True)
NUMBER = Kind(shown, _figure)
MAYBE_NUMBER = Kind(shown, _figure_or_none)
YES_NO = Kind(shown, _truth, choices=("yes", "no"))
YAML = Kind(_unindented, _read_yaml, longest=_LONGEST * 10, wide=True, rows=4, code=True)
OPTIONS = Kind(
    _or_as_typed(_options), _read_options, longest=_LONGEST * 3, wide=True, rows=4, code=True
)
WORTHS = Kind(
    _or_as_typed(_worths), _read_worths, longest=_LONGEST * 3, wide=True, rows=4, code=True
)
LIMIT = Kind(shown, _read_number_or_name, longest=200)
LIST = Kind(_list, _read_list, longest=_LONGEST, wide=True)
SCALAR = Kind(shown, part_of_yaml, longest=200)


POINTS = CURVE._replace(show=_or_as_typed(CURVE.show))
READ_AGAIN = (NUMBER, MAYBE_NUMBER, OPTIONS, WORTHS, POINTS, YAML)


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_number(one) for one in value)


def choice(known: Iterable[str], *, empty: bool = False) -> Kind:
    read: Callable[[str], Any] = _maybe if empty else _text
    return Kind(shown, read, choices=(*([""] if empty else []), *known))


def fits(kind: Kind, value: Any) -> bool:
    """Whether a value can be shown this way; what cannot is shown as YAML."""
    if value is None or isinstance(value, str):
        return True
    if kind is OPTIONS:
        return isinstance(value, list) and not any(isinstance(one, list) for one in value)
    if kind is WORTHS:
        plainly = isinstance(value, dict) and all(is_number(one) for one in value.values())
        return plainly and not any("\n" in name for name in value)
    if kind is POINTS:
        return isinstance(value, list) and all(_is_point(one) for one in value)
    return kind in {YAML, LIST} or not isinstance(value, dict | list)
