"""A whole negotiation at once, without web, worker or database."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import NoAgreement
from negotiation.engine.formatting import figure_text
from negotiation.engine.ledgers import ledgers
from negotiation.engine.plain import plain
from negotiation.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Message, Offer, Option
    from negotiation.engine.policy import Judgement
    from negotiation.engine.table import Table
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.formats.games import Game, Scale, Settings
    from negotiation.scenarios.readings import FactsUsed

MOST_WORDED = 100
_FIRST, _LAST = 12, 4


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said. Of a long conversation only the first and the last few messages may be put
    into words; `left_out` lie between."""

    session: Session
    messages: tuple[Message, ...]
    left_out: int = 0


@dataclass(frozen=True)
class TableRun:
    """A finished negotiation. `scales`: by seat, for those that count points of their own."""

    talk: Talk
    summary: Summary
    scales: Mapping[str, Scale] = field(default_factory=dict, kw_only=True)

    @property
    def session(self) -> Session:
        return self.talk.session

    @property
    def table(self) -> Table:
        return self.session.table

    @property
    def failure(self) -> NoAgreement | None:
        ending = self.session.ending
        return ending if isinstance(ending, NoAgreement) else None

    @property
    def title(self) -> str:
        return self.table.title

    @property
    def description(self) -> str:
        return ""

    @property
    def today(self) -> Offer | None:
        """What is in place now, where that is known."""
        return None

    @property
    def points(self) -> dict[str, float]:
        """What the agreement is worth on the seats' own scales."""
        utilities = self.summary.utilities
        return {
            name: scale.points(utilities[name])
            for name, scale in self.scales.items()
            if name in utilities
        }

    @property
    def discounted(self) -> dict[str, float]:
        """What the agreement is worth when it comes: u · δ^t, for the seats with a discount."""
        time = (self.session.round - 1) / max(self.table.rounds - 1, 1)
        return {
            name: utility * self.table.seat[name].preferences.discount ** time
            for name, utility in self.summary.utilities.items()
            if self.table.seat[name].preferences.discount < 1
        }

    def label(self, issue: str) -> str:
        return self.table.space.issue(issue).label

    def option(self, issue: str, option: Option) -> str:
        return figure_text(self.table, issue, option)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the same for the same table and seed."""
        space = self.table.space
        return {
            "title": self.title,
            "protocol": self.table.protocol,
            "size": space.size,
            "pooled": space.pooled,
            "offers_looked_at": space.count,
            **self._result(),
            "discounted": self.discounted,
            "points": self.points,
            **self._said(),
        }

    def _result(self) -> dict[str, Any]:
        summary, failure = plain(self.summary), self.failure
        names = ("utilities", "reservations", "surplus", "rounds", "nash_ratio", "pareto")
        return {
            "seed": self.session.seed,
            "agreement": summary["agreement"],
            "decided_by": summary["by"],
            "below_limit": summary["below"],
            "reason": failure.reason if failure else None,
            "asks_a_person": failure.asks if failure else False,
            "conflicts": [
                {"name": conflict.name, "kind": conflict.kind, "text": conflict.text}
                for conflict in (failure.conflicts if failure else ())
            ],
            **{name: summary[name] for name in names},
        }

    def _said(self) -> dict[str, Any]:
        names = [seat.name for seat in self.table.seats]
        return {
            "disclosed": plain(ledgers(self.talk.messages, names)),
            "messages": [message.to_dict() for message in self.talk.messages],
            "left_out": self.talk.left_out,
        }


@dataclass(frozen=True)
class Run(TableRun):
    """A finished negotiation of a scenario; `judgement` is None where there is no agreement."""

    scenario: CompiledScenario
    facts: FactsUsed
    judgement: Judgement | None

    @property
    def title(self) -> str:
        return self.scenario.document.title

    @property
    def description(self) -> str:
        return self.scenario.document.description

    @property
    def today(self) -> Offer | None:
        return self.scenario.today

    def label(self, issue: str) -> str:
        return self.scenario.words.label(issue)

    def option(self, issue: str, option: Option) -> str:
        return self.scenario.words.value(issue, option)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the same for the same scenario and seed."""
        summary = plain(self.summary)
        return {
            "scenario": self.scenario.document.name,
            **self._result(),
            "confidence": summary["confidence"],
            "facts_used": self.facts.to_dicts(),
            "risk": self._risk(),
            "alternatives": summary["alternatives"],
            **self._said(),
        }

    def _risk(self) -> dict[str, Any] | None:
        if self.judgement is None:
            return None
        judged = self.judgement.to_dict()
        risk = judged["risk"] or {}
        return {
            "score": risk.get("score"),
            "factors": risk.get("factors", []),
            "route": judged["route"],
            "findings": judged["findings"],
        }


def run(scenario: CompiledScenario, *, seed: int, settings: Settings | None = None) -> Run:
    """Everything said until the end, and the verdict on what was agreed.

    `settings` change how the scenario is played; raises `ScenarioError` if they do not fit.
    """
    talk = talked(settings.applied(scenario.table) if settings else scenario.table, seed=seed)
    summary = summarise(talk.session)
    agreed, facts = summary.agreement, scenario.facts_used(talk.messages)
    judgement = scenario.judge(agreed, summary, facts) if agreed is not None else None
    return Run(talk, summary, scenario, facts, judgement)


def run_game(game: Game, *, seed: int, settings: Settings) -> TableRun:
    """Everything said until the end; raises `ScenarioError` if `settings` do not fit."""
    talk = talked(game.table(settings, seed=seed), seed=seed, most=MOST_WORDED)
    return TableRun(talk, summarise(talk.session), scales=game.scales)


def talked(table: Table, *, seed: int, most: float = inf) -> Talk:
    """A negotiation to its end; one of more than `most` messages is not put into words whole."""
    session = Session(table, seed=seed)
    messages: list[Message] = []
    while len(messages) < most and (message := session.next()) is not None:
        session.apply(message)
        messages.append(message)
    if session.ending is not None:
        return Talk(session, tuple(messages))
    session.run()
    moves = len(session.moves)
    del session  # as large as the one that follows
    again, last = _from(table, seed, max(moves - _LAST, _FIRST))
    return Talk(again, (*messages[:_FIRST], *last), moves - _FIRST - len(last))


def _from(table: Table, seed: int, start: int) -> tuple[Session, list[Message]]:
    """The session and its messages after the first `start`: the same seed says the same again."""
    session = Session(table, seed=seed)
    messages: list[Message] = []
    session.run(until=start)
    while (message := session.next()) is not None:
        session.apply(message)
        messages.append(message)
    return session, messages
