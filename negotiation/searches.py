"""What of a transcript one wants to see: words, speakers, acts. It lives in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q

from negotiation.engine.messages import Act
from negotiation.presentation import ACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import QueryDict

    from negotiation.lexicon import Face, Lexicon
    from negotiation.models import Message
    from negotiation.presentation import Doing

LONGEST_TEXT = 200
LONGEST_NAME = 160
MOST_NAMES = 100


class Chip(NamedTuple):
    """A speaker or an act, how often it occurs, and the address with it switched."""

    key: str
    times: int
    on: bool
    query: str
    face: Face | None = None
    doing: Doing | None = None


class Tally(NamedTuple):
    """All messages of a transcript, those that match, and the chips."""

    total: int
    found: int
    agents: list[Chip]
    acts: list[Chip]

    @property
    def hidden(self) -> int:
        return self.total - self.found


@dataclass(frozen=True, slots=True)
class Search:
    """Empty parts let everything through; several speakers or acts mean any of them."""

    text: str = ""
    agents: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: QueryDict) -> Search:
        """From the address, whatever stands there: a database knows no NUL."""
        text = given.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT]
        return cls(text, _names(given.getlist("agent")), _names(given.getlist("act")))

    def __bool__(self) -> bool:
        return bool(self.text or self.agents or self.acts)

    @property
    def matches(self) -> Q:
        found = Q(text__icontains=self.text) if self.text else Q()
        if self.agents:
            found &= Q(sender__in=self.agents)
        return found & Q(act__in=self.acts) if self.acts else found

    def within(self, said: QuerySet[Message]) -> QuerySet[Message]:
        return said.filter(self.matches) if self else said

    @property
    def query(self) -> str:
        """As a part of an address."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("agent", name) for name in self.agents] + [("act", name) for name in self.acts]
        return urlencode(pairs)

    def tally(self, said: QuerySet[Message], lexicon: Lexicon) -> Tally:
        """One query, whatever is searched for."""
        found = Count("pk", filter=self.matches) if self else Count("pk")
        counted = said.order_by().values_list("sender", "act")
        rows = list(counted.annotate(n=Count("pk"), found=found))
        agents = _counted((sender, n) for sender, _, n, _ in rows)
        acts = _counted((act, n) for _, act, n, _ in rows)
        return Tally(
            total=sum(row[2] for row in rows),
            found=sum(row[3] for row in rows),
            agents=self._agents(agents, lexicon),
            acts=self._acts(acts),
        )

    def _agents(self, counts: dict[str, int], lexicon: Lexicon) -> list[Chip]:
        order = [*(name for name in lexicon.seats if name in counts), *sorted(counts)]
        names = dict.fromkeys([*order, *self.agents])
        return [
            Chip(
                name,
                counts.get(name, 0),
                name in self.agents,
                replace(self, agents=_switched(self.agents, name)).query,
                face=lexicon.face(name),
            )
            for name in names
        ]

    def _acts(self, counts: dict[str, int]) -> list[Chip]:
        return [
            Chip(
                act.value,
                counts.get(act.value, 0),
                act.value in self.acts,
                replace(self, acts=_switched(self.acts, act.value)).query,
                doing=ACTS[act],
            )
            for act in Act
            if act.value in counts or act.value in self.acts
        ]


def _names(given: list[str]) -> tuple[str, ...]:
    names = (name.replace("\0", "")[:LONGEST_NAME] for name in given[:MOST_NAMES])
    return tuple(dict.fromkeys(name for name in names if name))


def _switched(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name) if name in names else (*names, name)


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, n in pairs:
        counts[name] = counts.get(name, 0) + n
    return counts
