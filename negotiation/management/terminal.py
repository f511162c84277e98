"""A finished negotiation as people read it in a terminal.

Everything from a document is passed through `visible` and set as plain `Text`: neither escape
sequences nor rich's own markup in a title or a source can change what is shown.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from negotiation.engine.endings import IMPOSED
from negotiation.engine.formatting import amount, listed, number
from negotiation.engine.last_words import last_word
from negotiation.engine.messages import Act
from negotiation.scenarios.runs import Run
from negotiation.scenarios.texts import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from negotiation.engine.messages import Message, Option
    from negotiation.engine.policy import Judgement
    from negotiation.engine.risk import Risk
    from negotiation.engine.table import Seat
    from negotiation.scenarios.runs import TableRun

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red")
_SAYS = {
    Act.PROPOSE: "proposes",
    Act.REVISE: "revises",
    Act.ACCEPT: "accepts",
    Act.REJECT: "rejects",
    Act.ASK: "asks",
    Act.INFORM: "tells",
    Act.MEDIATE: "names an offer",
    Act.HOLD: "holds",
    Act.SYSTEM: "closes the table",
}
_ROUTES = {
    "auto": ("auto: it is carried out without a person", "bold green"),
    "review": ("review: a person decides", "bold yellow"),
    "refuse": ("refused", "bold red"),
}
_BAR = 20


def conversation(run: TableRun) -> RenderableType:
    """The whole run: what it is about, what was said, and how it ended."""
    parts: list[RenderableType] = [*_heading(run)]
    colours = dict(zip((seat.name for seat in run.table.seats), cycle(_COLOURS)))
    before = 0
    for message in run.talk.messages:
        if message.seq > before + 1:
            parts += [Text(f"     … {message.seq - before - 1:,} moves …", style="dim"), Text()]
        parts += [_message(run, message, colours.get(message.sender, "white")), Text()]
        before = message.seq
    parts += [*_ending(run)]
    return Group(*parts)


def _heading(run: TableRun) -> Iterator[RenderableType]:
    yield Rule(Text(visible(run.title), style="bold"))
    if run.description:
        yield Text(visible(run.description.strip()))
    seats = listed([seat.title for seat in run.table.seats])
    looked_at = "looked at" if run.table.space.pooled else "lawful"
    yield Text(
        f"{amount(run.summary.total_size)} combinations, {run.summary.lawful_size:,} of them "
        f"{looked_at}. At the table: {visible(seats)}. Seed {run.session.seed}.",
        style="dim",
    )
    yield Text()


def _message(run: TableRun, message: Message, colour: str) -> RenderableType:
    head = Text()
    head.append(f"{message.seq:>3}  ", style="dim")
    head.append(_title(run, message.sender), style=f"bold {colour}")
    head.append(f" {_SAYS.get(message.act, message.act.value)}{_object(run, message)}")
    if message.confidence is not None:
        head.append(f"  ({message.confidence:.0%} sure)", style="dim")
    lines: list[RenderableType] = [head, Padding(Text(visible(message.text)), (0, 0, 0, 5))]
    lines += [Padding(Text(line, style="dim"), (0, 0, 0, 5)) for line in _details(run, message)]
    return Group(*lines)


def _object(run: TableRun, message: Message) -> str:
    """Whom a message is put to, or which offer it answers."""
    if message.act in {Act.ACCEPT, Act.REJECT}:
        return f" #{message.in_reply_to}"
    if message.act in {Act.ASK, Act.INFORM}:
        people = [_title(run, name) for name in message.recipients] or ["everybody"]
        return f" {listed(people)}"
    return ""


def _details(run: TableRun, message: Message) -> Iterator[str]:
    if message.changed and message.act in {Act.REVISE, Act.MEDIATE}:
        moves = [
            f"{_issue(run, change.issue)}: {_option(run, change.issue, change.before)}"
            f" → {_option(run, change.issue, change.after)}"
            for change in message.changed
        ]
        yield "changed  " + " · ".join(moves)
    if message.evidence and message.evidence.url:
        yield f"source   {visible(message.evidence.url)}"
    agreeing = [
        _title(run, name) for name, yes in message.votes.items() if yes and name != message.sender
    ]
    if message.act in {Act.PROPOSE, Act.REVISE} and agreeing:
        yield f"in favour  {', '.join(agreeing)}"


def _ending(run: TableRun) -> Iterator[RenderableType]:
    if run.failure is not None:
        yield Rule(Text("No agreement", style="bold red"))
        yield Text(visible(last_word(run.table, run.failure)))
        for conflict in run.failure.conflicts:
            yield Text(f"  ✗ {visible(conflict.name)}: {visible(conflict.text)}", style="red")
        return
    if run.summary.by in IMPOSED:
        yield Rule(Text("Imposed by rule, for a person to decide", style="bold yellow"))
    else:
        yield Rule(Text("Agreement", style="bold green"))
    yield _agreement(run)
    yield _utilities(run)
    yield Text(_quality(run), style="dim")
    if isinstance(run, Run) and run.judgement is not None:
        yield Text()
        yield from _judgement(run, run.judgement)


def _agreement(run: TableRun) -> Table:
    today = run.today or {}
    table = Table("Issue", "Agreed", *(["Today"] if today else []), box=box.SIMPLE_HEAD)
    for name, option in (run.summary.agreement or {}).items():
        style = "dim" if today.get(name) == option else "bold"
        cells = [Text(_issue(run, name)), Text(_option(run, name, option), style=style)]
        if today:
            cells.append(Text(_option(run, name, today[name]) if name in today else "–"))
        table.add_row(*cells)
    return table


def _utilities(run: TableRun) -> Table:
    summary, discounted, points = run.summary, run.discounted, run.points
    extra = [name for name, told in (("Points", points), ("When agreed", discounted)) if told]
    headings = ("Seat", "Utility", "Limit", "From limit to best", "Confidence", *extra)
    table = Table(*headings, box=box.SIMPLE_HEAD)
    for column in (1, 2, *range(4, len(headings))):
        table.columns[column].justify = "right"
    for seat in run.table.seats:
        filled = round(_BAR * min(max(summary.surplus[seat.name], 0.0), 1.0))
        told = [_points(run, seat, points)] if points else []
        told += [f"{discounted.get(seat.name, summary.utilities[seat.name]):.3f}"] * bool(
            discounted
        )
        table.add_row(
            Text(visible(seat.title) + (" (veto)" if seat.veto else "")),
            f"{summary.utilities[seat.name]:.3f}",
            f"{summary.reservations[seat.name]:.3f}",
            Text("█" * filled, style="cyan") + Text("░" * (_BAR - filled), style="dim"),
            f"{summary.confidences[seat.name]:.0%}",
            *told,
        )
    return table


def _points(run: TableRun, seat: Seat, points: Mapping[str, float]) -> str:
    """The seat's points, and the least that it accepts."""
    least = run.scales[seat.name].points(seat.preferences.reservation)
    return f"{number(points[seat.name], 6)} (of {number(least, 6)} at least)"


def _quality(run: TableRun) -> str:
    summary = run.summary
    where = "on" if summary.pareto else "below"
    looked_at = " of what was looked at" if run.table.space.pooled else ""
    at_least = "" if summary.frontier_complete else "at least "
    return (
        f"{summary.rounds:,} offers were on the table. The agreement is {where} the Pareto "
        f"frontier{looked_at} "
        f"({at_least}{summary.frontier_size:,} offers) and reaches "
        f"{number(100 * (summary.nash_ratio or 0.0))} % of the best Nash product."
    )


def _judgement(run: Run, judgement: Judgement) -> Iterator[RenderableType]:
    risk = judgement.risk
    score = "unknown" if risk is None else f"{risk.score:.1f} of 100"
    yield Rule(Text(f"Risk {score}", style="bold"))
    if risk is not None:
        yield _factors(risk)
    words, style = _ROUTES[judgement.route]
    yield Text("Route ") + Text(words, style=style)
    for finding in judgement.findings:
        label = run.scenario.words.label(finding.subject).capitalize()
        measured = run.scenario.words.value(finding.subject, finding.measured, finding.unit)
        yield Text(f"  • {visible(finding.text)} {visible(label)}: {visible(measured)}.")


def _factors(risk: Risk) -> Table:
    table = Table("Factor", "Points", "Why", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    table.add_row("Start", "100.0", Text("expected harm of 1", style="dim"))
    for factor in risk.factors:
        table.add_row(Text(factor.label), f"{factor.points:+.1f}", Text(visible(factor.text)))
    return table


def _title(run: TableRun, name: str) -> str:
    seat = run.table.seat.get(name)
    return visible(seat.title) if seat else visible(name).capitalize()


def _issue(run: TableRun, name: str) -> str:
    return visible(run.label(name))


def _option(run: TableRun, issue: str, option: Option) -> str:
    return visible(run.option(issue, option))
