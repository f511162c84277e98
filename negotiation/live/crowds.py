"""Who watches what, over all server processes. Best effort, told beside the doorbells.

Each process announces the people behind its own sockets and remembers what the others said; one
that has not been heard for a while is forgotten. Nothing is stored.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Crowd = Mapping[int, frozenset[int]]

# Announced when it changes, and again and again as long as somebody is there.
AGAIN_SECONDS = 10.0
FORGOTTEN_AFTER = 25.0


@dataclass
class Crowds:
    """The people who watch each negotiation in each other process."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _elsewhere: dict[str, Crowd] = field(default_factory=dict)
    _heard: dict[str, float] = field(default_factory=dict)
    _announced: Crowd | None = None
    _announced_at: float = 0.0

    def hear(self, process: str, crowd: Mapping[str, list[int]]) -> None:
        """Takes in an announcement."""
        if process == self.name:
            return
        if process not in self._heard:
            # One that has just begun does not know who is here.
            self._announced = None
        self._heard[process] = time.monotonic()
        self._elsewhere[process] = {int(pk): frozenset(people) for pk, people in crowd.items()}

    async def announce(
        self, here: Crowd, publish: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Tells the other processes who is here, and forgets those that tell nothing."""
        now = time.monotonic()
        for process in [name for name, at in self._heard.items() if at < now - FORGOTTEN_AFTER]:
            del self._heard[process], self._elsewhere[process]
        if here == self._announced and (not here or now < self._announced_at + AGAIN_SECONDS):
            return
        self._announced, self._announced_at = here, now
        told = {str(pk): sorted(people) for pk, people in here.items()}
        await publish({"process": self.name, "crowd": told})

    def count(self, negotiation_id: int, here: frozenset[int]) -> int:
        """How many people watch, those `here` included; each counts once."""
        crowds = (crowd.get(negotiation_id, frozenset()) for crowd in self._elsewhere.values())
        return len(here.union(*crowds))
