"""The analysis of a table as people read it in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from negotiation.engine.formatting import amount, figure_text, number
from negotiation.scenarios.analyses import POINTS
from negotiation.scenarios.texts import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from negotiation.scenarios.analyses import TableAnalysis


def overview(analysis: TableAnalysis) -> RenderableType:
    """Sizes, the points' utilities and values, and their offers."""
    if analysis.found.nash is None:
        told = "No offer clears every limit, so there are no points."
        if analysis.table.facts:
            told += " That is how the seats see it before they tell each other what they know."
        return Group(*_heading(analysis), Text(told, style="bold red"))
    return Group(*_heading(analysis), _utilities(analysis), _offers(analysis))


def _heading(analysis: TableAnalysis) -> list[RenderableType]:
    found, space = analysis.found, analysis.table.space
    how = (
        f"{found.size:,} of them looked at: the space is too large to number, so the frontier and "
        "the points are those of a pool"
        if space.pooled
        else f"{found.size:,} of them lawful"
    )
    at_least = "" if found.complete else "at least "
    lines = [
        f"{amount(space.size)} combinations, {how}.",
        f"{found.clearing:,} clear every limit. On the Pareto frontier: {at_least}"
        f"{len(found.frontier):,}.",
    ]
    if found.opposition is not None:
        lines.append(f"Opposition {number(found.opposition, 4)} (0: one offer is best for all).")
    title = Rule(Text(visible(analysis.table.title), style="bold"))
    return [title, *(Text(line) for line in lines)]


def _utilities(analysis: TableAnalysis) -> Table:
    table = Table("Seat", "Limit", "Best", *POINTS.values(), box=box.SIMPLE_HEAD)
    for column in table.columns[1:]:
        column.justify = "right"
    points = [point for name in POINTS if (point := analysis.point(name))]
    for place, seat in enumerate(analysis.table.seats):
        table.add_row(
            Text(visible(seat.title) + (" (veto)" if seat.veto else "")),
            f"{seat.preferences.reservation:.3f}",
            f"{analysis.found.highest[place]:.3f}",
            *(f"{point.utilities[place]:.3f}" for point in points),
        )
    table.add_row(
        Text("Value", style="bold"), "", "", *(number(point.value, 6) for point in points)
    )
    return table


def _offers(analysis: TableAnalysis) -> Table:
    table = Table("Issue", *POINTS.values(), box=box.SIMPLE_HEAD)
    offers = [analysis.offer(point.row) for name in POINTS if (point := analysis.point(name))]
    for issue in analysis.table.space.issues:
        words = [figure_text(analysis.table, issue.name, offer[issue.name]) for offer in offers]
        table.add_row(Text(visible(issue.label)), *(Text(visible(word)) for word in words))
    return table
