"""Tables that talk, and people who may watch them, for the benchmark of live delivery."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from negotiation import broadcast
from negotiation.engine.session import Session
from negotiation.live import pages
from negotiation.models import Message, Negotiation
from negotiation.roles import Role
from tests import factories

if TYPE_CHECKING:
    from datetime import datetime

    from negotiation.models import ScenarioVersion

PEOPLE = 50


class Tables:
    """Negotiations whose messages are those of a real one, over and over, and when each of them
    was committed.
    """

    def __init__(self, version: ScenarioVersion) -> None:
        session = Session(version.compiled().table, seed=7)
        while session.ending is None and (move := session.next()) is not None:
            session.apply(move)
        self._version = version
        self._moves = list(session.messages)
        self.committed: dict[tuple[str, int], float] = {}

    def open(self) -> Negotiation:
        return factories.negotiation(version=self._version)

    def say(self, table: Negotiation, how_many: int = 1) -> None:
        """What a worker does, for so many messages in one commit."""
        now, first = timezone.now(), table.head + 1
        table.head += how_many
        with transaction.atomic():
            Message.objects.bulk_create(
                self._message(table, seq, now) for seq in range(first, table.head + 1)
            )
            Negotiation.objects.filter(pk=table.pk).update(head=table.head)
            broadcast.transcript_changed(negotiation_id=table.pk)
            # The clock starts before the commit, so it is counted.
            told = time.time()
        for seq in range(first, table.head + 1):
            self.committed[path_of(table), seq] = told

    def _message(self, table: Negotiation, seq: int, now: datetime) -> Message:
        move = self._moves[seq % len(self._moves)]
        message = Message.from_move(table, move, now)
        message.seq = seq
        return message

    def card(self) -> str:
        """A rendered message of the usual size, as JSON."""
        table = self.open()
        self.say(table, len(self._moves))
        cards = [html for _, html in pages.rendered(table.pk, after=0, upto=table.head)]
        usual = sum(map(len, cards)) / len(cards)
        return json.dumps(min(cards, key=lambda card: abs(len(card) - usual)))

    def talk(self, tables: list[Negotiation], pace: float, seconds: float) -> None:
        """So many messages a second in all, one table after the other."""
        begun, said = time.time(), 0
        while time.time() < begun + seconds:
            self.say(tables[said % len(tables)])
            said += 1
            time.sleep(max(0.0, begun + said / pace - time.time()))


def path_of(table: Negotiation) -> str:
    return f"/ws/negotiations/{table.pk}/"


def cookies(how_many: int) -> list[str]:
    """Sessions of their own for so many browsers, each person in several."""
    people = [factories.person(Role.OPERATOR) for _ in range(min(PEOPLE, how_many))]
    found = []
    for number in range(how_many):
        person, store = people[number % len(people)], SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        found.append(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
    return found
