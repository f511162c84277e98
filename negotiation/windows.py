"""The part of a transcript that a page shows: ten thousand messages open like ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation.lexicon import lexicon_for
from negotiation.presentation import message_context
from negotiation.searches import Search

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from negotiation.models import Message, Negotiation

SHOWN = 100
LONGEST_NUMBER = 9


class Place(NamedTuple):
    """Which part one asks for: around a message, or what lies before or after one; the newest."""

    at: int | None = None
    before: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, given: QueryDict) -> Place:
        """From the address; what is no number of a message is as if it were not there."""
        return cls(*(number(given.get(name, "")) for name in cls._fields))


class Window(NamedTuple):
    """Messages in their order, and whether there are more on either side."""

    messages: list[Message]
    older: bool = False
    newer: bool = False


def number(text: str) -> int | None:
    """The number of a message, if it is one."""
    fits = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if fits else None


def window(said: QuerySet[Message], place: Place, shown: int | None = None) -> Window:
    """At most `shown` messages (by default `SHOWN`), in one or two queries."""
    shown = shown or SHOWN
    if place.at is not None:
        before = _before(said, place.at, shown // 2)
        after = _after(said, place.at - 1, shown // 2)
        return Window([*before.messages, *after.messages], before.older, after.newer)
    if place.after is not None:
        return _after(said, place.after, shown)
    return _before(said, place.before, shown)


def _before(said: QuerySet[Message], end: int | None, shown: int) -> Window:
    if end is not None:
        said = said.filter(seq__lt=end)
    found = list(said.order_by("-seq")[: shown + 1])
    return Window(found[:shown][::-1], older=len(found) > shown, newer=end is not None)


def _after(said: QuerySet[Message], start: int, shown: int) -> Window:
    found = list(said.filter(seq__gt=start).order_by("seq")[: shown + 1])
    return Window(found[:shown], older=start > 0, newer=len(found) > shown)


def window_context(negotiation: Negotiation, given: QueryDict) -> dict[str, Any]:
    """For `negotiation/_messages.html`: what the address asks for."""
    search = Search.of(given)
    said = negotiation.messages.filter(seq__lte=negotiation.head)
    shown = window(search.within(said), Place.of(given))
    return {
        "negotiation": negotiation,
        "search": search,
        "tally": search.tally(said, lexicon_for(negotiation.version)),
        "items": [message_context(negotiation, message) for message in shown.messages],
        "older": shown.older,
        "newer": shown.newer,
    }
