"""The editor of an offer: every issue with its options, and live what would follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from approvals.parts.amendments import PREFIX, who_decides
from approvals.presentation import shown_finding
from negotiation import charts
from negotiation.engine.formatting import listed
from negotiation.lexicon import lexicon_for
from negotiation.presentation import terms
from negotiation.scenarios.vocabulary import option_texts, subjects
from negotiation.services import amendments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from negotiation.engine.messages import Offer, Option
    from negotiation.lexicon import Face, Lexicon
    from negotiation.models import Negotiation
    from negotiation.presentation import Term
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.schema import Issue
    from negotiation.scenarios.trials import Trial

FEW = 5
"""Up to so many options are buttons, more are a list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of an issue: `agreed` is what it is without the amendment."""

    value: str
    text: str
    chosen: bool
    agreed: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One issue of the editor; `name` is that of its control."""

    name: str
    label: str
    unit: str
    choices: tuple[Choice, ...]

    @property
    def few(self) -> bool:
        return len(self.choices) <= FEW


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form or a link asks for; `wrong` says which options there are none of."""

    offer: Offer
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatNow:
    """A seat's surplus with this offer and as agreed: 0 its limit, 1 its best."""

    face: Face
    surplus: float
    before: float | None
    below: bool

    @property
    def bar(self) -> float:
        return _bar(self.surplus)

    @property
    def tick(self) -> float | None:
        return None if self.before is None else _bar(self.before)

    @property
    def move(self) -> float | None:
        return None if self.before is None else self.surplus - self.before

    @property
    def moved(self) -> bool:
        """Whether it would be shown as another percentage."""
        return self.move is not None and round(100 * abs(self.move)) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureNow:
    """A measure today, as agreed and with this offer, in words without the unit."""

    label: str
    unit: str
    today: str
    agreed: str
    so: str
    same: bool


def chosen(scenario: CompiledScenario, first: Offer, data: Mapping[str, str]) -> Chosen:
    """The offer to begin with, with the options that `data` names."""
    offer: Offer = {}
    wrong = []
    for issue in scenario.document.issues:
        options = option_texts(issue)
        asked = data.get(f"{PREFIX}{issue.name}", str(first[issue.name]))
        if asked not in options:
            wrong.append(f"{asked[:60]!r} is no option of {issue.label}.")
        offer[issue.name] = options.get(asked, first[issue.name])
    return Chosen(offer, tuple(wrong))


def fields(scenario: CompiledScenario, agreed: Offer | None, offer: Offer) -> list[Field]:
    """The controls, with what is chosen now."""
    return [_field(scenario, issue, agreed, offer) for issue in scenario.document.issues]


def _field(scenario: CompiledScenario, issue: Issue, agreed: Offer | None, offer: Offer) -> Field:
    def choice(text: str, option: Option) -> Choice:
        return Choice(
            value=text,
            text=scenario.words.value(issue.name, option),
            chosen=option == offer[issue.name],
            agreed=agreed is not None and option == agreed[issue.name],
        )

    return Field(
        name=f"{PREFIX}{issue.name}",
        label=issue.label,
        unit=issue.unit,
        choices=tuple(choice(text, option) for text, option in option_texts(issue).items()),
    )


def check_context(
    negotiation: Negotiation,
    *,
    agreed: Offer | None,
    before: Mapping[str, float],
    offer: Offer,
    now: datetime,
) -> dict[str, Any]:
    """For `approvals/_check.html`; `before`: what the seats have of the `agreed` offer, if any."""
    trial = amendments.tried_out(negotiation=negotiation, offer=offer, now=now)
    lexicon, judgement = lexicon_for(negotiation.version), trial.judgement
    risk = judgement.risk
    return {
        "rules": [(rule, kept, rule.name not in trial.idle) for rule, kept in trial.rules],
        "broken": sum(not kept for _, kept in trial.rules),
        "same": offer == agreed,
        "has_agreed": agreed is not None,
        "seats": list(_seats(trial, lexicon, before)),
        "measures": list(_measures(trial, negotiation, agreed)),
        "score": risk.score if risk else None,
        "steps": charts.waterfall(risk.to_dict()["factors"]) if risk else (),
        "findings": [
            shown_finding(lexicon.words, each) for each in judgement.to_dict()["findings"]
        ],
        "route": judgement.route,
        "who": who_decides(judgement.route, trial.tier.people, trial.tier.seniors),
        "window": trial.tier.window_hours,
        "policy": trial.scenario.policy,
    }


def _seats(trial: Trial, lexicon: Lexicon, before: Mapping[str, float]) -> Iterator[SeatNow]:
    for name, face in lexicon.seats.items():
        yield SeatNow(
            face=face,
            surplus=trial.seats.surplus[name],
            before=before.get(name),
            below=name in trial.seats.below,
        )


def _measures(trial: Trial, negotiation: Negotiation, agreed: Offer | None) -> Iterator[FigureNow]:
    """Of each measure that matters to somebody: what it is today, as agreed and with the offer."""
    scenario, words = negotiation.version.compiled(), trial.scenario.words
    now = trial.scenario.values(trial.offer, trial.facts)
    was = scenario.looking_at(agreed).values(agreed, trial.facts) if agreed else {}
    today = scenario.values(scenario.today, trial.facts) if scenario.today else {}
    for name in subjects(scenario.document):
        yield FigureNow(
            label=words.label(name),
            unit=words.unit(name),
            today=words.value(name, today[name], "") if today else "",
            agreed=words.value(name, was[name], "") if agreed else "",
            so=words.value(name, now[name], ""),
            same=bool(agreed) and was[name] == now[name],
        )


def _bar(surplus: float) -> float:
    return round(min(max(surplus, 0.0), 1.0) * 100, 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer to begin with: its terms, whose limit it is below, and the query of its link."""

    terms: list[Term]
    below: str
    query: str


def candidates(
    negotiation: Negotiation, stored: Iterable[Mapping[str, Any]]
) -> Iterator[Candidate]:
    """What the table gave a person to look at."""
    lexicon = lexicon_for(negotiation.version)
    for each in stored:
        yield Candidate(
            terms=terms(lexicon, each["offer"]),
            below=listed([lexicon.face(seat).title for seat in each["below"]]),
            query=urlencode({f"{PREFIX}{name}": option for name, option in each["offer"].items()}),
        )
