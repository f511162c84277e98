"""Runs negotiations to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.session import Session

if TYPE_CHECKING:
    from negotiation.engine.messages import Act, Message, Offer
    from negotiation.engine.table import Table

ENDLESS = 5_000


def finished(table: Table, *, seed: int = 1) -> Session:
    session = Session(table, seed=seed)
    go_on(session)
    return session


def go_on(session: Session) -> None:
    for _ in range(ENDLESS):
        message = session.next()
        if message is None:
            return
        session.apply(message)
    raise AssertionError("The negotiation does not end.")


def worth(session: Session, offer: Offer) -> dict[str, float]:
    """What each seat expects of a lawful offer now."""
    row = session.table.row_of(session.table.space.index_of(offer))
    assert row is not None
    names = [seat.name for seat in session.table.seats]
    return dict(zip(names, session.utilities[row].tolist(), strict=True))


def after(table: Table, act: Act, *, seed: int = 1) -> tuple[Session, Message]:
    """The session up to the first message of that act, and this message, not yet applied."""
    session = Session(table, seed=seed)
    while (message := session.next()) is not None:
        if message.act is act:
            return session, message
        session.apply(message)
    raise AssertionError(f"Nobody says {act}.")
