"""The managers' view in figures: everything that is known before anything is drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.services import overviews, rhythms, waits
from negotiation.services.harm_left import harm_left, present_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from approvals.services.overviews import Cell, Tally
    from approvals.services.periods import Period
    from approvals.services.rhythms import Rhythm
    from approvals.services.waits import Waits
    from negotiation.engine.loads import Load
    from negotiation.services.harm_left import HarmLeft, Rules


@dataclass(frozen=True)
class VersionRow:
    """What came of the decisions under one version of a policy."""

    cell: Cell
    tally: Tally

    @property
    def automatic_width(self) -> float:
        """In percent, for a bar."""
        return round(100 * (self.tally.automatic_share or 0), 1)

    @property
    def bad_share(self) -> float | None:
        return self.tally.bad / self.tally.decisions if self.tally.decisions else None


@dataclass(frozen=True)
class LoadRow:
    rules: Rules
    load: Load

    @property
    def is_over(self) -> bool:
        return self.rules.capacity is not None and self.load.mean > self.rules.capacity


@dataclass(frozen=True)
class Overview:
    """`before`: the period of the same length before this one, None where there is none."""

    period: Period
    scenario: str
    cells: Sequence[Cell]
    total: Tally
    before: Tally | None
    waits: Waits
    rhythm: Rhythm
    harms: Sequence[HarmLeft]
    scenarios: Sequence[Rules]

    @property
    def versions(self) -> list[VersionRow]:
        """The newest first, scenario by scenario; only those that something was decided under."""
        by_version: dict[int, list[Cell]] = {}
        for each in self.cells:
            by_version.setdefault(each.version, []).append(each)
        rows = [VersionRow(own[0], overviews.tally(own)) for own in by_version.values()]
        decided = [row for row in rows if row.tally.decisions]
        return sorted(
            decided, key=lambda row: (row.cell.title, row.cell.scenario, -row.cell.number)
        )

    @property
    def loads(self) -> list[LoadRow]:
        rows = [LoadRow(each, self.rhythm.load(each.slug)) for each in self._shown]
        return [row for row in rows if row.load.mean or row.rules.capacity is not None]

    @property
    def _shown(self) -> list[Rules]:
        return [each for each in self.scenarios if self.scenario in {"", each.slug}]

    def passed(self) -> Counter[tuple[str, str, str, str]]:
        """How many went each way: scenario, ending, route, result (empty where it ended)."""
        ways: Counter[tuple[str, str, str, str]] = Counter()
        for each in self.cells:
            ways[each.scenario, each.ending, each.route, each.decided] += each.count
        return ways


def overview(user: User, *, period: Period, scenario: str, now: datetime) -> Overview:
    """In five queries, whatever there is. Of a scenario that there is not: of all."""
    rules = present_rules()
    scenario = scenario if scenario in {each.slug for each in rules} else ""
    found = overviews.cells(user, period=period, scenario=scenario, now=now)
    present = [each for each in found if not each.earlier]
    first = min((each.first for each in present), default=None)
    shown = [each for each in rules if scenario in {"", each.slug}]
    return Overview(
        period=period,
        scenario=scenario,
        cells=present,
        total=overviews.tally(present),
        before=overviews.tally(e for e in found if e.earlier) if period.hours else None,
        waits=waits.waits(user, period=period, scenario=scenario, now=now),
        rhythm=rhythms.rhythm(user, period=period, scenario=scenario, first=first, now=now),
        harms=harm_left(shown, now=now),
        scenarios=rules,
    )
