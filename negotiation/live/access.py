"""Who may follow what: asked by thousands of sockets, answered for many at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from negotiation.converters import LARGEST_ID
from negotiation.live.desks import desk
from negotiation.models import Negotiation
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NOT_LOGGED_IN, NOT_ALLOWED, UNKNOWN = 4401, 4403, 4404
# As many as are answered in one go; the next lot gathers meanwhile.
LOT = 200
GATHERING_SECONDS = 0.01


class Wish(NamedTuple):
    """A session that wants to follow a negotiation; or lists only, with None."""

    session_key: str
    negotiation_id: int | None


class Answer(NamedTuple):
    """The person, 0 for nobody; and the close code for somebody who may not."""

    person_id: int
    refusal: int | None


class Gate:
    """Gathers the wishes of a moment, so that a thousand who come back cost a few queries."""

    def __init__(self) -> None:
        self._wishes: dict[Wish, asyncio.Future[Answer]] = {}
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, wish: Wish) -> Answer:
        if wish not in self._wishes:
            self._wishes[wish] = asyncio.get_running_loop().create_future()
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer())
        return await asyncio.shield(self._wishes[wish])

    async def _answer(self) -> None:
        await asyncio.sleep(GATHERING_SECONDS)
        while self._wishes:
            lot = {wish: self._wishes.pop(wish) for wish in list(self._wishes)[:LOT]}
            try:
                answers = await desk("access").ask(answers_to, list(lot))
            except Exception as error:  # noqa: BLE001  (each who asked is told)
                for future in lot.values():
                    future.set_exception(error)
                    future.exception()
            else:
                for wish, future in lot.items():
                    future.set_result(answers[wish])


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, Gate] = WeakKeyDictionary()


def gate() -> Gate:
    """This event loop's."""
    return _gates.setdefault(asyncio.get_running_loop(), Gate())


def answers_to(wishes: Sequence[Wish]) -> dict[Wish, Answer]:
    """Reads sessions, people and roles afresh, so logging out counts at once."""
    people = _people({wish.session_key for wish in wishes})
    seen = _seen(wishes, people)
    return {wish: _answer(wish, people.get(wish.session_key), seen) for wish in wishes}


def _answer(wish: Wish, person: User | None, seen: Mapping[int, set[int]]) -> Answer:
    if person is None:
        return Answer(0, NOT_LOGGED_IN)
    if not may_watch(person):
        return Answer(person.pk, NOT_ALLOWED)
    if wish.negotiation_id is not None and wish.negotiation_id not in seen.get(person.pk, ()):
        return Answer(person.pk, UNKNOWN)
    return Answer(person.pk, None)


def _seen(wishes: Iterable[Wish], people: Mapping[str, User]) -> dict[int, set[int]]:
    """Which of the negotiations that each person asks for they may see."""
    wanted: dict[User, set[int]] = defaultdict(set)
    for wish in wishes:
        number = wish.negotiation_id
        if number is not None and number <= LARGEST_ID and (person := people.get(wish.session_key)):
            wanted[person].add(number)
    return {
        person.pk: set(
            Negotiation.objects.visible_to(person)
            .filter(pk__in=numbers)
            .order_by()
            .values_list("pk", flat=True)
        )
        for person, numbers in wanted.items()
    }


def _people(session_keys: Iterable[str]) -> dict[str, User]:
    """Who each live session belongs to: `django.contrib.auth.get_user`, for many at once."""
    # A cookie can hold anything, and one that no query takes would fail for everybody's.
    keys = [key for key in session_keys if key.isascii() and key.isalnum()]
    live = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {session.session_key: session.get_decoded() for session in live}
    numbers = {kept[SESSION_KEY] for kept in sessions.values() if SESSION_KEY in kept}
    found = User.objects.filter(is_active=True).prefetch_related("groups").in_bulk(numbers)
    people = {str(number): user for number, user in found.items()}
    return {
        key: people[kept[SESSION_KEY]]
        for key, kept in sessions.items()
        if kept.get(SESSION_KEY) in people and _is_theirs(kept, people[kept[SESSION_KEY]])
    }


def _is_theirs(kept: Mapping[str, str], user: User) -> bool:
    """A session that began before the password changed is nobody's."""
    if kept.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    given = kept.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, each) for each in hashes)
