"""Puts moves into words: first person, in units, and only what the numbers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.formatting import (
    change,
    inner,
    listed,
    number,
    offer_text,
    option_text,
    quantity,
)
from negotiation.engine.messages import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from negotiation.engine.messages import Change, Message, Reason
    from negotiation.engine.state import Move, State


def text(state: State, move: Move, draft: Message) -> str:
    """The sentence(s) of a move. `draft` is its message with every other field filled in."""
    return _WORDINGS[move.act](state, move, draft)


def _ask(state: State, _move: Move, draft: Message) -> str:
    question = draft.question
    assert question is not None
    fact = state.table.fact[question.fact]
    what = f"what is {_the(inner(fact.label))}?"
    assumed = f"{number(question.assumed_mean)} ± {quantity(question.assumed_sd, fact.unit, 2)}"
    opening = "Before I commit" if draft.sender in state.standing else "Before I make an offer"
    return (
        f"{opening}: {what} I assume {assumed}; "
        "the answer could change which offers I can live with."
    )


def _inform(state: State, _move: Move, draft: Message) -> str:
    evidence = draft.evidence
    assert evidence is not None
    fact = state.table.fact[evidence.fact]
    figure = number(evidence.mean)
    spread = f" ± {number(evidence.sd, 2)}" if evidence.sd > 0 else ""
    dated = f", {evidence.observed_on}" if evidence.observed_on else ""
    only_you = " This is for you alone." if draft.recipients else ""
    return (
        f"{_capital(fact.label)}: {figure}{spread} {fact.unit}".rstrip()
        + f". Source: {evidence.source} ({evidence.kind}{dated}).{only_you}"
    )


def _propose(state: State, _move: Move, draft: Message) -> str:
    assert draft.offer is not None
    offer = _capital(offer_text(state.table.space, draft.offer))
    if draft.against is None:
        return f"{offer}. {_what_it_brings(state, draft)}"
    return f"{offer}. {_contrast(f'Against #{draft.against}', draft.reasons)}"


def _revise(state: State, _move: Move, draft: Message) -> str:
    assert draft.offer is not None
    offer = _capital(offer_text(state.table.space, draft.offer))
    return f"{offer}. {_given_up(state, draft)} {_won_over(state, draft)}"


def _accept(state: State, _move: Move, draft: Message) -> str:
    limit = "and it clears my limit"
    if draft.against is None:
        return f"#{draft.in_reply_to} clears my limit. {_what_it_brings(state, draft)}"
    gains, losses = _split(draft.reasons)
    if not gains and not losses:
        return f"For me #{draft.in_reply_to} is as good as my own #{draft.against}, {limit}."
    if not losses:
        return f"Better than my own #{draft.against}: {_phrases(gains)}, {limit}."
    if not gains:
        price = _phrases(losses)
        return f"Compared with my own #{draft.against}, {price}; I can live with that."
    return (
        f"Compared with my own #{draft.against}, {_phrases(losses)}, "
        f"but {_phrases(gains)}, {limit}."
    )


def _reject(_state: State, _move: Move, draft: Message) -> str:
    _, losses = _split(draft.reasons)
    why = f" Compared with my own #{draft.against}, {_phrases(losses)}." if losses else ""
    return f"I do not agree to #{draft.in_reply_to}: it falls short of what I need.{why}"


def _mediate(state: State, move: Move, draft: Message) -> str:
    assert draft.offer is not None
    agreeing = [name for name in state.names if draft.votes[name]]
    all_agree = len(agreeing) == len(state.names)
    who = "All of you" if all_agree else listed([_title(state, name) for name in agreeing])
    offer = offer_text(state.table.space, draft.offer)
    if move.choices == 1:
        how = "It is the first offer that does."
    else:
        how = f"Of the {move.choices:,} offers that do, it shares the gains best."
    return f"{who} can live with this: {offer}. {how}{_whose(state, draft)}"


def _close(_state: State, move: Move, _draft: Message) -> str:
    assert move.ending is not None
    return move.ending.reason


def _hold(_state: State, _move: Move, _draft: Message) -> str:
    return "I have no offer to make: none that is lawful reaches my limit."


def _what_it_brings(state: State, draft: Message) -> str:
    """For an offer that is held against nothing."""
    objectives = state.table.seat[draft.sender].preferences.objectives
    first = max(objectives, key=lambda objective: objective.weight).subject
    parts = [
        f"{inner(reason.label)} of {quantity(reason.after, reason.unit)}"
        + (", my first priority" if reason.subject == first and len(objectives) > 1 else "")
        for reason in draft.reasons
        if reason.after is not None
    ]
    if not parts:
        return "Nothing on the table is better for me."
    return f"It gives us {' and '.join(parts)}{_by_my_estimate(draft.reasons)}."


def _contrast(opening: str, reasons: Sequence[Reason]) -> str:
    gains, losses = _split(reasons)
    if not gains:
        return f"{opening} it makes little difference to me."
    if not losses:
        return f"{opening}, {_phrases(gains)}."
    return f"{opening}, {_phrases(gains)}; the price is that {_phrases(losses)}."


def _given_up(state: State, draft: Message) -> str:
    gains, losses = _split(draft.reasons)
    space = state.table.space
    left = [option_text(space, each.issue, each.before) for each in draft.changed]
    what = f"I give up {listed(left)}" if left else "I stay with my offer"
    if not losses:
        return f"{what}: {_phrases(gains)}." if gains else f"{what}; it costs me next to nothing."
    but = f", though {_phrases(gains)}" if gains else ""
    return f"{what}: {_phrases(losses)}{but}."


def _won_over(state: State, draft: Message) -> str:
    others = [
        _title(state, name) for name, yes in draft.votes.items() if yes and name != draft.sender
    ]
    if not others:
        return "It is as far as I can go today."
    return f"{listed(others)} could live with it." if others else ""


def _whose(state: State, draft: Message) -> str:
    """Who asked for it, or for which part of it."""
    assert draft.offer is not None
    row = state.row_of(draft.offer)
    owners = [
        f"{_title(state, name)}'s own #{own.seq}"
        for name, own in state.standing.items()
        if own.row == row
    ]
    if owners:
        return f" It is {listed(owners)}."
    return _parts(state, draft.changed)


def _parts(state: State, changed: Sequence[Change]) -> str:
    if not changed:
        return ""
    space = state.table.space
    differs = [option_text(space, each.issue, each.after) for each in changed]
    return f" Against the offer closest to it, it has {listed(differs)}."


def _phrases(reasons: Sequence[Reason]) -> str:
    return " and ".join(_phrase(reason) for reason in reasons) + _by_my_estimate(reasons)


def _phrase(reason: Reason) -> str:
    label, before, after = inner(reason.label), reason.before, reason.after
    if after is None:
        return f"nobody can tell the {label}"
    if before is None:
        return f"{label} is {quantity(after, reason.unit)} instead of unknown"
    if isinstance(before, str) or isinstance(after, str):
        return f"{label} is {after} instead of {before}"
    was, now = change(before, after, reason.unit)
    return f"{label} {'falls' if after < before else 'rises'} from {was} to {now}"


def _by_my_estimate(reasons: Sequence[Reason]) -> str:
    return " by my estimate" if any(reason.estimated for reason in reasons) else ""


def _split(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    return (
        [reason for reason in reasons if reason.gain > 0],
        [reason for reason in reasons if reason.gain < 0],
    )


def _title(state: State, seat: str) -> str:
    return state.table.seat[seat].title


def _the(label: str) -> str:
    return label if label.startswith(("the ", "our ")) else f"the {label}"


def _capital(label: str) -> str:
    return (
        label[:1].upper() + label[1:] if inner(label) == label and label[1:2].islower() else label
    )


_WORDINGS: dict[Act, Callable[[State, Move, Message], str]] = {
    Act.ASK: _ask,
    Act.INFORM: _inform,
    Act.PROPOSE: _propose,
    Act.REVISE: _revise,
    Act.ACCEPT: _accept,
    Act.REJECT: _reject,
    Act.MEDIATE: _mediate,
    Act.SYSTEM: _close,
    Act.HOLD: _hold,
}
