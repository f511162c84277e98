"""What may be said. The rules do not know whether a strategy, a model or a person speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine import requirements
from negotiation.engine.endings import NoAgreement
from negotiation.engine.messages import MEDIATOR, PERSON, Act
from negotiation.engine.space import NotInSpace
from negotiation.engine.table import BreaksConstraint
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.messages import Evidence, Message
    from negotiation.engine.state import State


_LARGEST = 1e100  # of what is said; the squares of larger figures leave the floats


class IllegalMove(ValueError):
    """This message cannot stand here; nothing was changed."""


def check(state: State, message: Message, *, latest: Callable[[], int]) -> None:
    """Raises IllegalMove with a sentence if `message` may not follow.

    `latest` gives the last round that may be named now; it is asked only about later rounds.
    """
    if message.seq != state.head + 1:
        raise IllegalMove(f"Message {message.seq} cannot follow message {state.head}.")
    if message.requirements:
        _require(state, message)
    if message.told is not None and message.act is Act.INTERVENE:
        _tell(state, message, message.told)
    if message.act in {Act.INTERVENE, Act.SYSTEM}:
        return
    if state.ending is not None:
        raise IllegalMove("The negotiation is over.")
    if not state.round <= message.round <= state.table.rounds:
        raise IllegalMove(
            f"A message of round {message.round} does not fit: this is round {state.round} "
            f"of {state.table.rounds}."
        )
    if message.round > state.round and message.round > (last := latest()):
        raise IllegalMove(f"Round {message.round} is too early: the latest is round {last} now.")
    try:
        rule = _RULES[message.act]
    except KeyError:
        raise IllegalMove(f"{message.act.capitalize()} has no meaning at this table.") from None
    if message.act is not Act.MEDIATE and message.sender not in state.outlooks:
        raise IllegalMove(f"{message.sender} has no seat here.")
    rule(state, message)


def _require(state: State, message: Message) -> None:
    if message.act is not Act.INTERVENE or not message.sender.startswith(PERSON):
        raise IllegalMove("Only a person who steps in asks for more.")
    if isinstance(state.ending, NoAgreement):
        raise IllegalMove("It ended without an agreement; asking for more cannot help.")
    if len(message.requirements) > requirements.MOST:
        raise IllegalMove(f"A message carries at most {requirements.MOST} requirements.")
    try:
        for each in message.requirements:
            requirements.check(state.table, each)
    except requirements.BadRequirement as problem:
        raise IllegalMove(str(problem)) from problem


def _tell(state: State, message: Message, evidence: Evidence) -> None:
    """What a person may tell: all seats, while they talk, and never what one may keep to itself."""
    if not message.sender.startswith(PERSON):
        raise IllegalMove("Only a person who steps in tells the seats something.")
    if state.ending is not None:
        raise IllegalMove("The negotiation is over.")
    _check_evidence(state, evidence)
    fact = state.table.fact[evidence.fact]
    if message.recipients:
        raise IllegalMove("A person tells all seats or none.")
    if fact.disclosure != "public":
        raise IllegalMove(f"{fact.label} is not for everybody at this table.")


def _check_evidence(state: State, evidence: Evidence | None) -> None:
    if evidence is None or evidence.fact not in state.table.fact:
        raise IllegalMove("Evidence is about a fact of this table.")
    if not (abs(evidence.mean) <= _LARGEST and 0 <= evidence.sd <= _LARGEST):
        raise IllegalMove("Evidence is a number with a standard deviation of 0 or more.")
    if not 0 <= evidence.age_days <= _LARGEST:
        raise IllegalMove("Evidence has an age of 0 days or more.")


def _ask(state: State, message: Message) -> None:
    question = message.question
    if question is None:
        raise IllegalMove("A question names a fact and whom it is put to.")
    fact, addressee = state.table.fact.get(question.fact), state.table.seat.get(question.to)
    if fact is None:
        raise IllegalMove(f"There is no fact {question.fact}.")
    if addressee is None or addressee.name == message.sender or fact.name not in addressee.knows:
        raise IllegalMove(f"{question.to} has not declared to know {fact.label}.")
    if fact.disclosure == "never":
        raise IllegalMove(f"{fact.label} is not shared with anybody.")
    if state.question is not None:
        raise IllegalMove(f"Question #{state.question.seq} is still open.")
    if (message.sender, fact.name) in state.asked:
        raise IllegalMove(f"{message.sender} has already asked about {fact.label}.")
    if state.spent:
        raise IllegalMove(f"All {state.table.questions} questions of this table were asked.")
    if message.round == state.round and message.sender in state.so_far.asked:
        raise IllegalMove(f"{message.sender} has already asked in this round.")
    _in_turn(state, message)


def _inform(state: State, message: Message) -> None:
    evidence = message.evidence
    _check_evidence(state, evidence)
    assert evidence is not None
    disclosure = state.table.fact[evidence.fact].disclosure
    if disclosure == "never" or (disclosure == "on_request" and not message.recipients):
        raise IllegalMove(f"{state.table.fact[evidence.fact].label} may not be told to all.")
    if not set(message.recipients) <= state.outlooks.keys():
        raise IllegalMove("A recipient has no seat here.")
    asked = state.question
    answers = asked is not None and message.in_reply_to == asked.seq
    asker = (asked.sender,) if asked is not None and answers else ()
    if disclosure == "on_request" and message.recipients != asker:
        label = state.table.fact[evidence.fact].label
        raise IllegalMove(f"{label} is told only to who has just asked about it.")


def _offer(state: State, message: Message) -> None:
    row = _lawful_row(state, message)
    _above_the_limit(state, message.sender, row)
    if message.round == state.round and message.sender in state.so_far.spoke:
        raise IllegalMove(f"{message.sender} has already spoken in this round.")
    if state.table.protocol != "alternating" and state.named is not None:
        raise IllegalMove(f"#{state.named.seq} has to be answered first.")
    _in_turn(state, message)


def _hold(state: State, message: Message) -> None:
    _in_turn(state, message)


def _mediate(state: State, message: Message) -> None:
    if message.sender != MEDIATOR or state.table.protocol == "alternating":
        raise IllegalMove("Only the mediator of a mediated table names an offer.")
    if state.named is not None:
        raise IllegalMove(f"#{state.named.seq} has to be answered first.")
    row = _lawful_row(state, message)
    if not state.suffices(state.clears(state.limits)[row]):
        raise IllegalMove("The offer is below the limit of a seat whose consent is needed.")


def _answer(state: State, message: Message) -> None:
    named = state.named
    if named is None or message.in_reply_to != named.seq:
        raise IllegalMove("There is no such offer to answer.")
    if message.sender in named.owners or message.sender in state.answers:
        raise IllegalMove(f"{message.sender} has already answered #{named.seq}.")
    if message.act is Act.ACCEPT:
        _above_the_limit(state, message.sender, named.row)
        if message.offer is not None and message.offer != state.table.offer(named.row):
            raise IllegalMove(f"That is not the offer of #{named.seq}.")
    _in_turn(state, message)


def _challenge(state: State, message: Message) -> None:
    doubt = state.doubt
    if doubt is None or (message.sender, message.in_reply_to) != (doubt.seat, doubt.seq):
        raise IllegalMove("Only a claim that surprises is challenged, once, by who it surprises.")


def _remark(_state: State, _message: Message) -> None:
    """Changes nothing, so it may always be said."""


def _lawful_row(state: State, message: Message) -> int:
    if message.offer is None:
        raise IllegalMove("An offer names one option for every issue.")
    try:
        return state.lawful_row(message.offer)
    except (NotInSpace, BreaksConstraint) as problem:
        raise IllegalMove(str(problem)) from problem


def _above_the_limit(state: State, seat: str, row: int) -> None:
    outlook = state.outlooks[seat]
    if outlook.utilities[row] < outlook.reservation - TOLERANCE:
        raise IllegalMove(f"The offer is below the limit of {seat}.")


def _in_turn(state: State, message: Message) -> None:
    if state.table.protocol != "alternating":
        return
    order = state.order(0)
    if message.sender != order[state.turns % len(order)]:
        raise IllegalMove(f"It is not {message.sender}'s turn.")


_RULES: dict[Act, Callable[[State, Message], None]] = {
    Act.ASK: _ask,
    Act.INFORM: _inform,
    Act.PROPOSE: _offer,
    Act.REVISE: _offer,
    Act.MEDIATE: _mediate,
    Act.ACCEPT: _answer,
    Act.REJECT: _answer,
    Act.HOLD: _hold,
    Act.EXPLAIN: _remark,
    Act.CHALLENGE: _challenge,
}
