"""YAML text to plain data, with the line of every part; refuses what could surprise.

The rules of YAML 1.2 hold for plain words: only `true` and `false` are truth values, so a country
`no` stays a text, and a date stays a text too. Anchors, aliases, tags, duplicate keys, several
documents, deep nesting, figures that are not finite and control characters are refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from negotiation.scenarios.errors import Location, Problem, ScenarioError
from negotiation.scenarios.texts import refused_character

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
# Above it a figure changes on its way through JSON readers that know doubles only.
MAX_INTEGER = 2**53

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data and the line (from 1) on which each part of it begins."""

    data: Any
    lines: dict[Location, int]

    def line_of(self, at: Location) -> int | None:
        """The line of this part, or of the nearest part around it."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at)


def read_bytes(path: Path, *, source: str, kind: str = "YAML") -> bytes:
    """What a file holds; raises `ScenarioError` when it is missing or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or type(error).__name__
        _refuse(source, f"the file cannot be read ({reason})", f"name a readable {kind} file")
    if len(content) > MAX_BYTES:
        _refuse_size(source)
    return content


def read_file(path: Path, *, source: str, kind: str = "YAML") -> str:
    """The text of a file; raises `ScenarioError` when it is missing, too large or not UTF-8."""
    content = read_bytes(path, source=source, kind=kind)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse(source, "the file is not UTF-8", "save it as UTF-8", line=line)


def parse(text: str, *, source: str) -> Document:
    """The plain data of one YAML document; raises `ScenarioError` naming `source`."""
    _check_characters(text, source)
    builder = _Builder(source)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(
            source,
            f"this is not valid YAML ({error.problem or error.context})",
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        )
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        _refuse(source, f"this is not valid YAML ({error.reason})", line=line)
    if not isinstance(builder.root, dict):
        _refuse(source, "the document is not a mapping", "begin with 'name: …' on the first line")
    return Document(builder.root, builder.lines)


def is_plain_word(text: str) -> bool:
    """Whether text without quotes stays a text here: `1e5` does not."""
    figures = (_INTEGER, _LEADING_ZERO, _FLOAT, _NOT_FINITE)
    return text not in _NULLS | _TRUTHS.keys() and not any(
        pattern.fullmatch(text) for pattern in figures
    )


def _check_characters(text: str, source: str) -> None:
    # Every code point takes a byte at least, so the encoding is paid for small texts only.
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        _refuse_size(source)
    for number, line in enumerate(text.split("\n"), start=1):
        found = refused_character(line.removesuffix("\r"), newlines=True)
        if found is not None:
            _refuse(source, f"there is a control character ({found})", "remove it", line=number)


def _refuse_size(source: str) -> NoReturn:
    _refuse(source, "the document is larger than 1 MB", "shorten it")


def _refuse(
    source: str,
    problem: str,
    remedy: str = "",
    *,
    at: Location = (),
    line: int | None = None,
    column: int | None = None,
) -> NoReturn:
    raise ScenarioError(source, [Problem(at, problem, remedy, line, column)]) from None


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    value: dict[str, Any] | list[Any]
    at: Location
    key: str | None = None

    def location(self) -> Location:
        part = len(self.value) if isinstance(self.value, list) else self.key
        return (*self.at, part) if part is not None else self.at


@dataclass(slots=True)
class _Builder:
    source: str
    root: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    open: list[_Open] = field(default_factory=list)
    documents: int = 0
    line: int = 1

    def take(self, event: Any) -> None:
        self.line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.refuse("there are several documents", "keep one document in a file")
            case yaml.AliasEvent():
                self.refuse(f"the alias '*{event.anchor}' is not allowed", "write the value out")
            case yaml.MappingStartEvent():
                self.begin(event, {})
            case yaml.SequenceStartEvent():
                self.begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
            case yaml.ScalarEvent():
                self.scalar(event)

    def refuse(self, problem: str, remedy: str) -> NoReturn:
        at = self.open[-1].location() if self.open else ()
        _refuse(self.source, problem, remedy, at=at, line=self.line)

    def begin(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self.plain_only(event)
        if self.expects_key():
            self.refuse("a key must be a text", "write the key as one word")
        if len(self.open) >= MAX_DEPTH:
            self.refuse(f"the document is nested deeper than {MAX_DEPTH} levels", "flatten it")
        at = self.place(value)
        self.open.append(_Open(value, at))

    def scalar(self, event: Any) -> None:
        self.plain_only(event)
        if self.expects_key():
            self.key(event.value)
            return
        quoted = event.style in {"'", '"', "|", ">"}
        self.place(self.checked(event.value) if quoted else self.resolve(event.value))

    def plain_only(self, event: Any) -> None:
        if event.anchor is not None:
            self.refuse(f"the anchor '&{event.anchor}' is not allowed", "write the value out")
        if event.tag is not None:
            self.refuse(f"the tag '{event.tag}' is not allowed", "write the value without it")

    def expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and not self.has_key()

    def has_key(self) -> bool:
        return self.open[-1].key is not None

    def key(self, text: str) -> None:
        frame = self.open[-1]
        self.checked(text)
        if text == "<<":
            self.refuse("the merge key '<<' is not allowed", "write the fields out")
        if text in frame.value:
            self.refuse(f"the key '{text}' is there twice", "keep one of them")
        frame.key = text

    def place(self, value: Any) -> Location:
        if not self.open:
            self.root = value
            self.lines[()] = self.line
            return ()
        frame = self.open[-1]
        at = frame.location()
        self.lines[at] = self.line
        if isinstance(frame.value, list):
            frame.value.append(value)
        else:
            frame.value[str(frame.key)] = value
            frame.key = None
        return at

    def checked(self, text: str) -> str:
        found = refused_character(text, newlines=True)
        if found is not None:
            self.refuse(f"there is a control character ({found})", "remove it")
        return text

    def resolve(self, text: str) -> Any:
        """A plain word as null, truth value, number or text."""
        if text in _NULLS:
            return None
        if text in _TRUTHS:
            return _TRUTHS[text]
        if _LEADING_ZERO.fullmatch(text):
            self.refuse(f"'{text}' begins with a zero", "write it without, or in quotes")
        if _INTEGER.fullmatch(text):
            return self.integer(text)
        if _NOT_FINITE.fullmatch(text):
            self.refuse(f"'{text}' is not a finite number", "write a figure or leave it out")
        if _FLOAT.fullmatch(text):
            return self.number(text)
        return self.checked(text)

    def integer(self, text: str) -> int:
        # The length first: Python refuses to convert thousands of digits.
        if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
            self.refuse("the number is above 9007199254740992 (2^53)", "write a smaller one")
        return int(text)

    def number(self, text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            self.refuse(f"'{text[:40]}' is not a finite number", "write a smaller one")
        return value
