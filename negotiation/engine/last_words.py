"""What the mediator says at the end: the rule that decided, and whose limit it passes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.endings import IMPOSED, Agreement
from negotiation.engine.formatting import listed, offer_text

if TYPE_CHECKING:
    from negotiation.engine.endings import NoAgreement, Rule
    from negotiation.engine.messages import Offer
    from negotiation.engine.table import Table


def last_word(table: Table, ending: Agreement | NoAgreement) -> str:
    """The sentences that end a negotiation."""
    if isinstance(ending, Agreement):
        rule = f"The seats did not agree, so {_rule(table, ending.by)}"
        return f"{rule}: {offer_text(table.space, ending.offer)}. {_consent(table, ending)}"
    parts = [ending.reason]
    if ending.asks:
        parts.append("By this table's rules a person is asked.")
        parts += _to_look_at(table, ending)
    if ending.status_quo:
        until = "Until then" if ending.asks else "By this table's rules"
        parts.append(f"{until} everything stays as it is.")
    return " ".join(parts)


def below_text(table: Table, below: tuple[str, ...]) -> str:
    """Whose limit an offer is below: "below the limits of Cost and Carbon"."""
    titles = listed([table.seat[name].title for name in below])
    return f"below the limit{'s' if below[1:] else ''} of {titles}" if below else "below no limit"


def _rule(table: Table, by: Rule) -> str:
    if by == "mediation":
        return "the mediator takes what shares the gains best among what enough of them can accept"
    if by == "vote":
        return "a weighted vote decides, for what has the largest product of gains over the limits"
    order = listed([table.seat[name].title for name in table.precedence])
    return f"the order of precedence decides, {order} in this order"


def _consent(table: Table, ending: Agreement) -> str:
    stands = f"It is {below_text(table, ending.below)}"
    if ending.by in IMPOSED:
        stands += "; the seats were not asked, and a person decides"
    return f"{stands}."


def _to_look_at(table: Table, ending: NoAgreement) -> list[str]:
    def shown(offer: Offer, below: tuple[str, ...]) -> str:
        return f"{offer_text(table.space, offer)} ({below_text(table, below)})"

    offers = [shown(each.offer, each.below) for each in ending.candidates]
    return [f"To begin with: {'; '.join(offers)}."] if offers else []
