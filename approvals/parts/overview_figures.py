"""The managers' view as plain figures, for other programs and for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.parts.overviews import LoadRow, Overview, VersionRow
    from approvals.services.overviews import Tally
    from negotiation.services.harm_left import HarmLeft
    from negotiation.sheets import Value


def figures(seen: Overview) -> dict[str, Any]:
    """Everything that the page shows, under names that stay."""
    return {
        "period": seen.period.key,
        "scenario": seen.scenario or None,
        "negotiations": _negotiations(seen.total),
        "decided": _decided(seen.total),
        "results": dict(sorted(seen.total.results.items())),
        "hours_to_decide": {
            "decisions": seen.waits.total,
            "median": seen.waits.median,
            "p90": seen.waits.p90,
        },
        "harm_budgets": [_budget(each) for each in seen.harms],
        "flow": [_way(way, count) for way, count in sorted(seen.passed().items())],
        "policy_versions": [_version(row) for row in seen.versions],
        "load": [_load(row) for row in seen.loads],
    }


def _negotiations(total: Tally) -> dict[str, Any]:
    return {
        "begun": total.begun,
        "ended": total.ended,
        "agreements": total.agreements,
        "agreed_share": total.agreed_share,
        **{f"ended_{name}": count for name, count in sorted(total.endings.items())},
    }


def _decided(total: Tally) -> dict[str, Any]:
    return {
        "automatic": total.routes["auto"],
        "by_people": total.routes["review"],
        "refused": total.routes["refuse"],
        "none": total.none,
        "automatic_share": total.automatic_share,
        "escalated": total.escalated,
    }


def _budget(left: HarmLeft) -> dict[str, Any]:
    return {
        "scenario": left.rules.slug,
        "service": left.rules.service,
        "limit": left.rules.budget.harm,
        "hours": left.rules.budget.hours,
        "used": left.now,
        "left": left.left,
    }


def _way(way: tuple[str, str, str, str], count: int) -> dict[str, Any]:
    scenario, ending, route, result = way
    return {
        "scenario": scenario,
        "ending": ending,
        "route": route or None,
        "result": result or None,
        "negotiations": count,
    }


def _version(row: VersionRow) -> dict[str, Any]:
    return {
        "scenario": row.cell.scenario,
        "version": row.cell.number,
        "since": row.cell.since.isoformat(),
        "saved_by": row.cell.author or None,
        "note": row.cell.note,
        "decisions": row.tally.decisions,
        "automatic_share": row.tally.automatic_share,
        "went_wrong": row.tally.bad,
        "approvals_overturned": row.tally.overturned,
    }


def _load(row: LoadRow) -> dict[str, Any]:
    return {
        "scenario": row.rules.slug,
        "a_day": row.load.mean,
        "low": row.load.low,
        "high": row.load.high,
        "capacity": row.rules.capacity,
    }


def rows(seen: Overview) -> Iterator[tuple[Value, ...]]:
    """The same as a list of single figures: group, of what, name, value."""
    yield "group", "of", "figure", "value"
    for group, held in figures(seen).items():
        if isinstance(held, list):
            for each in held:
                yield from _of_one(group, each)
        elif isinstance(held, dict):
            yield from ((group, "", name, value) for name, value in held.items())
        else:
            yield group, "", "", held


_NAMES = ("scenario", "version", "ending", "route", "result")


def _of_one(group: str, each: Mapping[str, Any]) -> Iterator[tuple[Value, ...]]:
    of = " / ".join(str(each[name]) for name in _NAMES if each.get(name) is not None)
    for name, value in each.items():
        if name not in _NAMES:
            yield group, of, name, value
