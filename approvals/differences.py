"""What differs between two packages of one decision, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.lexicon import Lexicon, lexicon_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.models import Decision, EarlierPackage


class Change(NamedTuple):
    """One line of what will be different; `before` is None where nothing is known of today."""

    label: str
    before: str | None
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after


def differences_since(decision: Decision, seen_hash: str) -> list[Change]:
    """What changed since somebody saw the package with this hash; empty if it is still the same,
    or if no package of this decision had that hash."""
    seen = decision.earlier.filter(package_hash=seen_hash).last()
    return differences_with(
        lexicon_for(decision.negotiation.version), seen, json.loads(decision.package)
    )


def differences_with(
    lexicon: Lexicon, earlier: EarlierPackage | None, package: Mapping[str, Any]
) -> list[Change]:
    """Options, effects and figures that are not as they were in `earlier`."""
    before = _lines(lexicon, _parsed(earlier.package)) if earlier else {}
    return _differing(before, _lines(lexicon, package))


def options_since(
    lexicon: Lexicon, earlier: EarlierPackage | None, package: Mapping[str, Any]
) -> list[Change]:
    """The same of the options alone."""
    before = dict(_options(lexicon, _parsed(earlier.package))) if earlier else {}
    return _differing(before, dict(_options(lexicon, package)))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Nothing where nothing was before."""
    names = [*before, *(name for name in after if name not in before)] if before else []
    return [
        Change(name, before.get(name, "—"), after.get(name, "—"))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _parsed(package: str) -> dict[str, Any]:
    """A package that somebody tampered with may be anything."""
    try:
        found = json.loads(package)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lines(lexicon: Lexicon, package: Mapping[str, Any]) -> dict[str, str]:
    found = (*_options(lexicon, package), *_effects(lexicon, package), *_read(lexicon, package))
    return dict(found)


def _options(lexicon: Lexicon, package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    parameters = package.get("parameters")
    for issue, option in parameters.items() if isinstance(parameters, dict) else ():
        yield lexicon.words.label(issue), lexicon.words.value(issue, option)


def _effects(lexicon: Lexicon, package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    effects = package.get("effects")
    for name, effect in effects.items() if isinstance(effects, dict) else ():
        if isinstance(effect, dict):
            shown = lexicon.words.value(name, effect.get("value"), str(effect.get("unit") or ""))
            yield str(effect.get("label") or name), shown


def _read(lexicon: Lexicon, package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    read = package.get("read")
    for part in ("facts", "figures"):
        rows = read.get(part) if isinstance(read, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                name = str(row.get("name"))
                shown = lexicon.words.value(name, row.get("value"), str(row.get("unit") or ""))
                yield str(row.get("label") or name), shown
