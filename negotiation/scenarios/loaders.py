"""From text or plain data to a checked document. The only ways in."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from negotiation.scenarios import documents
from negotiation.scenarios.checks import problems_of
from negotiation.scenarios.errors import MOST, Location, Problem, ScenarioError, did_you_mean
from negotiation.scenarios.fields import Part
from negotiation.scenarios.schema import ScenarioDocument

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

AnyPart = TypeVar("AnyPart", bound=Part)

SHIPPED = Path(__file__).parent / "shipped"


def load(text: str, *, source: str) -> ScenarioDocument:
    """The scenario that YAML text describes; raises `ScenarioError` naming `source`."""
    parsed = documents.parse(text, source=source)
    return _validated(parsed, source)


def from_data(data: Any, *, source: str) -> ScenarioDocument:
    """The scenario that plain JSON data describes (a form, an API body); raises `ScenarioError`."""
    return _validated(documents.Document(data, {}), source)


def load_file(path: Path, *, source: str | None = None) -> ScenarioDocument:
    source = source or str(path)
    return load(documents.read_file(path, source=source), source=source)


def load_named(name_or_path: str) -> ScenarioDocument:
    """A shipped scenario by its name, else the file at this path; raises `ScenarioError`."""
    known = shipped()
    if name_or_path in known:
        return load_file(known[name_or_path], source=known[name_or_path].name)
    path = Path(name_or_path)
    if "\0" in name_or_path or not (path.suffix or _is_there(path) or "/" in name_or_path):
        problem = Problem((), "there is no such scenario or file", did_you_mean(path.stem, known))
        raise ScenarioError(name_or_path, [problem])
    return load_file(path)


@lru_cache(maxsize=1)
def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no file has a name like that
        return False


def shipped() -> dict[str, Path]:
    """The scenarios that come with the product, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def _validated(parsed: documents.Document, source: str) -> ScenarioDocument:
    document = shaped(ScenarioDocument, parsed, source)
    if found := problems_of(document):
        raise ScenarioError(source, [located(problem, parsed) for problem in found])
    return document


def shaped(kind: type[AnyPart], parsed: documents.Document, source: str) -> AnyPart:
    """Plain data as a document of this kind; raises `ScenarioError` where its shape is wrong.

    Whether its names refer to something is not asked here.
    """
    try:
        return kind.model_validate(parsed.data)
    except ValidationError as error:
        found = _without_echoes(
            [_problem_of(detail, parsed) for detail in error.errors(include_url=False)[:MOST]]
        )
        raise ScenarioError(source, found) from None


def located(problem: Problem, parsed: documents.Document) -> Problem:
    return Problem(problem.at, problem.problem, problem.remedy, parsed.line_of(problem.at))


def _problem_of(detail: ErrorDetails, parsed: documents.Document) -> Problem:
    named = detail["type"] in {"missing", "extra_forbidden"}
    place = detail["loc"][:-1] if named else detail["loc"]
    at = _place_in(parsed.data, place) + detail["loc"][len(place) :]
    problem, remedy = _said(detail)
    return Problem(at, problem, remedy, parsed.line_of(at))


def _place_in(data: Any, loc: tuple[int | str, ...]) -> Location:
    """The path inside the document: pydantic's names of union members are left out."""
    at: list[int | str] = []
    for part in loc:
        within = part in data if isinstance(data, dict) else isinstance(part, int)
        if within and isinstance(data, dict | list):
            data = data[part]  # type: ignore[index]
            at.append(part)
    return tuple(at)


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """One problem for each place: a union reports every member that did not fit."""
    first: dict[Location, Problem] = {}
    for problem in problems:
        known = first.setdefault(problem.at, problem)
        if known.problem != problem.problem and problem.remedy not in known.remedy:
            merged = f"{known.remedy}, or {problem.remedy}"
            first[problem.at] = Problem(known.at, known.problem, merged, known.line)
    return list(first.values())


_MISFIT = "{shown} does not fit here"
_SAID = {
    "missing": ("is missing", "add it"),
    "string_type": (_MISFIT, "write a text"),
    "int_type": (_MISFIT, "write a whole number"),
    "int_from_float": (_MISFIT, "write a whole number"),
    "float_type": (_MISFIT, "write a number"),
    "bool_type": (_MISFIT, "write true or false"),
    "dict_type": (_MISFIT, "write fields as 'name: value'"),
    "list_type": (_MISFIT, "write a list"),
    "model_type": (_MISFIT, "write fields as 'name: value'"),
    "model_attributes_type": (_MISFIT, "write fields as 'name: value'"),
    "finite_number": ("{shown} is not a finite number", "write a figure"),
    "greater_than_equal": ("{shown} is too small", "write {ge:g} or more"),
    "greater_than": ("{shown} is too small", "write more than {gt:g}"),
    "less_than_equal": ("{shown} is too large", "write {le:g} or less"),
    "less_than": ("{shown} is too large", "write less than {lt:g}"),
    "too_short": ("there are too few entries", "give at least {min_length}"),
    "too_long": ("there are too many entries", "give at most {max_length}"),
    "string_too_short": ("the text is empty", "write one"),
    "string_too_long": ("the text is too long", "write at most {max_length} characters"),
    "string_unicode": ("the text holds half a character", "remove it"),
    "literal_error": ("{shown} is not known", "write {expected}"),
    "string_pattern_mismatch": (
        _MISFIT,
        "begin with a small letter, then small letters, digits and _ or -, 40 at most",
    ),
}
_FIELDS = sorted(
    {
        field.alias or name
        for part in Part.__subclasses__()
        for name, field in part.model_fields.items()
    }
)


def _said(detail: ErrorDetails) -> tuple[str, str]:
    """What pydantic found, in a sentence of ours: the problem and the remedy."""
    kind, context, shown = detail["type"], detail.get("ctx", {}), _shown(detail["input"])
    if kind == "extra_forbidden":
        return _unknown_field(str(detail["loc"][-1]))
    if kind == "value_error":
        problem, _, remedy = str(context["error"]).partition("; ")
        return problem, remedy
    if kind not in _SAID:
        return detail["msg"].lower(), ""
    problem, remedy = _SAID[kind]
    return problem.format(shown=shown), remedy.format(**context)


def _unknown_field(name: str) -> tuple[str, str]:
    close = get_close_matches(name, _FIELDS, n=1)
    return (
        f"there is no field '{name}' here",
        f"did you mean '{close[0]}'?" if close else "remove it",
    )


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a group of fields"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
