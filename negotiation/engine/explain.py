"""Puts intents into words: first person, in units, and only what the numbers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.formatting import (
    agreeing,
    figure_text,
    listed,
    number,
    offer_text,
    option_text,
    spread,
)
from negotiation.engine.last_words import last_word
from negotiation.engine.messages import FALLBACK, Act
from negotiation.engine.phrases import brought, compared, gains_and_losses, the
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.intents import Intent
    from negotiation.engine.messages import Message
    from negotiation.engine.state import State

_SURE = 0.95
_TIGHT, _COMFORTABLE = 0.1, 0.7  # surplus: 0 at the limit, 1 at the best
_FEW = 2  # changed issues that a sentence can name


def text(state: State, intent: Intent, draft: Message) -> str:
    """The sentence(s) of an intent. `draft` is its message with every other field filled in."""
    return _WORDINGS[intent.act](state, intent, draft)


def _ask(state: State, _intent: Intent, draft: Message) -> str:
    question = draft.question
    assert question is not None
    fact = state.table.fact[question.fact]
    opening = "Before I go on" if draft.sender in state.standing else "Before I commit"
    assumed = spread(question.assumed_mean, question.assumed_sd, fact.unit)
    return (
        f"{opening}: what {agreeing(fact.label, 'is', 'are')} {the(fact.label)}? "
        f"I assume {assumed}; the answer could change which offers I can live with."
    )


def _inform(state: State, _intent: Intent, draft: Message) -> str:
    evidence = draft.evidence
    assert evidence is not None
    fact = state.table.fact[evidence.fact]
    figure = spread(evidence.mean, evidence.sd, fact.unit)
    dated = f", {evidence.observed_on}" if evidence.observed_on else ""
    source = f"Source: {evidence.source} ({evidence.kind}{dated})."
    only_you = " I tell only you." if draft.recipients else ""
    return f"{fact.label}: {figure}. {source}{only_you}"


def _challenge(state: State, _intent: Intent, draft: Message) -> str:
    doubt, claim = state.doubt, draft.evidence
    assert doubt is not None
    assert claim is not None
    fact = state.table.fact[claim.fact]
    said, held = (spread(each.mean, each.sd, fact.unit) for each in (claim, doubt.held))
    believed = f"You say {said}, I assumed {held}"
    if doubt.held.sd == 0:
        return f"{fact.label}: {believed} and had no doubt about it, so I keep my figure."
    return f"{fact.label}: {believed}. They are far apart, so I give your figure less weight."


def _propose(state: State, _intent: Intent, draft: Message) -> str:
    offer = _offer(state, draft)
    if draft.against is None:
        return f"{offer}. {_what_it_brings(state, draft)}"
    if any(draft.offer == state.table.offer(own.row) for own in state.standing.values()):
        return f"{offer}. I would choose the same as #{draft.against}."
    return f"{offer}. {_contrast(state, draft)}"


def _revise(state: State, intent: Intent, draft: Message) -> str:
    if not draft.changed:
        return f"{_offer(state, draft)}. I stay with my #{draft.against}."
    moved = _moved(state, intent, draft)
    sentences = [f"{_offer(state, draft)}.", moved, _won_over(state, draft)]
    return " ".join(sentence for sentence in sentences if sentence)


def _accept(state: State, _intent: Intent, draft: Message) -> str:
    verdict = _verdict(draft)
    if draft.against is None:
        return f"{_what_it_brings(state, draft)} {verdict}"
    own = f"my own #{draft.against}"
    gains, losses = gains_and_losses(draft.reasons)
    if not gains and not losses:
        return f"For me it is as good as {own}. {verdict}"
    if not losses:
        return f"It is better than {own}: {compared(state.table, gains)}. {verdict}"
    but = f", but {compared(state.table, gains)}" if gains else ""
    return f"Compared with {own}, {compared(state.table, losses)}{but}. {verdict}"


def _verdict(draft: Message) -> str:
    """How an accepted offer stands to the limit of who accepts it."""
    surplus = draft.private["surplus"][draft.sender]
    sure = draft.confidence or 0.0
    if sure < _SURE:
        return f"I am {number(100 * sure, 2)} % sure that it clears my limit."
    if surplus < _TIGHT:
        return "It is close to my limit, but it clears it."
    if surplus > _COMFORTABLE:
        return "It is well above my limit."
    return "I can live with that; it clears my limit."


def _reject(state: State, _intent: Intent, draft: Message) -> str:
    _, losses = gains_and_losses(draft.reasons)
    own = f"Compared with my own #{draft.against}"
    why = f" {own}, {compared(state.table, losses)}." if losses else ""
    return f"I do not agree to #{draft.in_reply_to}: it falls short of what I need.{why}"


def _mediate(state: State, intent: Intent, draft: Message) -> str:
    consenting = [_title(state, name) for name in state.names if draft.votes[name]]
    who = "All of you" if len(consenting) == len(state.names) else listed(consenting or ["Nobody"])
    if draft.in_reply_to is not None:
        return f"My text is now: {_offer(state, draft)}. {who} would settle for it now."
    how = "There is no other such offer yet."
    if intent.choices > 1:
        how = f"Of {intent.choices:,} such offers it shares the gains best."
    elif state.table.protocol == "text":
        how = "No other I may still name is better for one of you and no worse for the rest."
    return (
        f"{who} can live with this: {_offer(state, draft)}. {how} {_origin(state, draft)}".strip()
    )


def _hold(_state: State, intent: Intent, _draft: Message) -> str:
    cause = intent.decided_by.removeprefix(FALLBACK)
    return f"I lose this turn: {cause}. From here on a simpler strategy speaks for me."


def _close(state: State, intent: Intent, _draft: Message) -> str:
    assert intent.ending is not None
    return last_word(state.table, intent.ending)


def _what_it_brings(state: State, draft: Message) -> str:
    """For an offer that is held against nothing."""
    objectives = state.table.seat[draft.sender].preferences.objectives
    first = max(objectives, key=lambda objective: objective.weight).subject if objectives else ""
    return brought(state.table, draft.reasons, first if objectives[1:] else "")


def _contrast(state: State, draft: Message) -> str:
    gains, losses = gains_and_losses(draft.reasons)
    if not gains and not losses:
        return f"Against #{draft.against} it makes no difference to me."
    if not gains:
        return f"It costs me something: against #{draft.against}, {compared(state.table, losses)}."
    price = f"; the price is that {compared(state.table, losses)}" if losses else ""
    return f"Against #{draft.against}, {compared(state.table, gains)}{price}."


def _moved(state: State, intent: Intent, draft: Message) -> str:
    """What a seat moves away from, and what that costs it or brings it."""
    gains, losses = gains_and_losses(draft.reasons)
    own = state.outlooks[draft.sender].utilities
    assert intent.row is not None
    more = own[intent.row] - own[state.standing[draft.sender].row]
    if losses and more >= -TOLERANCE:
        how = "better than" if more > TOLERANCE else "as good as"
        said = [compared(state.table, each) for each in (gains, losses) if each]
        return f"For me it is {how} my #{draft.against}: {', though '.join(said)}."
    told = {reason.subject for reason in draft.reasons}
    left = listed(
        [
            option_text(state.table.space, each.issue, each.before)
            for each in draft.changed
            if each.issue not in told
        ]
    )
    if not losses:
        start = f"I can do without {left}" if left else "It costs me nothing"
        return f"{start}, and {compared(state.table, gains)}." if gains else f"{start}."
    start = f"I give up {left}" if left else "I give way"
    but = f", though {compared(state.table, gains)}" if gains else ""
    return f"{start}: {compared(state.table, losses)}{but}."


def _won_over(state: State, draft: Message) -> str:
    others = [
        _title(state, name) for name, yes in draft.votes.items() if yes and name != draft.sender
    ]
    return f"{listed(others)} could live with it." if others else ""


def _origin(state: State, draft: Message) -> str:
    """Whose offer the mediator's is, or which one it comes from."""
    own = {name: standing.seq for name, standing in state.standing.items()}
    if draft.against is None:
        return ""
    if not draft.changed:
        same = [name for name in own if state.table.offer(state.standing[name].row) == draft.offer]
        return f"It is {listed([f'{_title(state, name)}’s #{own[name]}' for name in same])}."
    nearest = next(name for name in own if own[name] == draft.against)
    start = f"{_title(state, nearest)}’s #{draft.against}"
    if len(draft.changed) > _FEW:
        return f"It comes closest to {start}."
    differs = listed(
        [
            f"{option_text(state.table.space, each.issue, each.after)} "
            f"instead of {figure_text(state.table, each.issue, each.before)}"
            for each in draft.changed
        ]
    )
    return f"It is {start} with {differs}."


def _offer(state: State, draft: Message) -> str:
    assert draft.offer is not None
    return offer_text(state.table.space, draft.offer)


def _title(state: State, seat: str) -> str:
    return state.table.seat[seat].title


_WORDINGS: dict[Act, Callable[[State, Intent, Message], str]] = {
    Act.ASK: _ask,
    Act.INFORM: _inform,
    Act.CHALLENGE: _challenge,
    Act.PROPOSE: _propose,
    Act.REVISE: _revise,
    Act.ACCEPT: _accept,
    Act.REJECT: _reject,
    Act.MEDIATE: _mediate,
    Act.HOLD: _hold,
    Act.SYSTEM: _close,
}
