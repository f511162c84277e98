"""The managers' view as plain figures, for other programs and for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.parts.overviews import Overview
    from negotiation.sheets import Value


def figures(seen: Overview) -> dict[str, Any]:
    """Everything that the page shows, under names that stay."""
    total = seen.total
    return {
        "period": seen.period.key,
        "scenario": seen.scenario or None,
        "negotiations": {
            "begun": total.begun,
            "ended": total.ended,
            "agreements": total.agreements,
            "agreed_share": total.agreed_share,
            **{f"ended_{name}": count for name, count in sorted(total.endings.items())},
        },
        "decided": {
            "automatic": total.routes["auto"],
            "by_people": total.routes["review"],
            "refused": total.routes["refuse"],
            "none": total.none,
            "automatic_share": total.automatic_share,
            "escalated": total.escalated,
        },
        "results": dict(sorted(total.results.items())),
        "hours_to_decide": {
            "decisions": seen.waits.total,
            "median": seen.waits.median,
            "p90": seen.waits.p90,
        },
        "harm_budgets": [
            {
                "scenario": each.rules.slug,
                "service": each.rules.service,
                "limit": each.rules.budget.harm,
                "hours": each.rules.budget.hours,
                "used": each.now,
                "left": each.left,
            }
            for each in seen.harms
        ],
        "flow": [
            {"scenario": way[0], "ending": way[1], "route": way[2] or None,
             "result": way[3] or None, "negotiations": count}
            for way, count in sorted(seen.passed().items())
        ],
        "policy_versions": [
            {
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
            for row in seen.versions
        ],
        "load": [
            {
                "scenario": row.rules.slug,
                "a_day": row.load.mean,
                "low": row.load.low,
                "high": row.load.high,
                "capacity": row.rules.capacity,
            }
            for row in seen.loads
        ],
    }  # fmt: skip


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
