"""Kill it at any message and replay: the same transcript, byte for byte."""

from __future__ import annotations

import numpy as np

from negotiation.engine.endings import Agreement
from tests.engine.random_tables import every_kind
from tests.engine.replays import same_after_a_kill
from tests.engine.talks import finished

NEGOTIATIONS = 500


def test_500_negotiations_killed_at_a_random_message_go_on_as_if_nothing_had_happened() -> None:
    different = [draw for draw in range(NEGOTIATIONS) if not same_after_a_kill(draw)]
    assert different == []


def test_a_negotiation_may_be_killed_at_every_message() -> None:
    different = [draw for draw in range(40) if not same_after_a_kill(draw, everywhere=True)]
    assert different == []


def test_the_negotiations_that_are_killed_are_of_every_sort() -> None:
    drawn = [every_kind(draw) for draw in range(240)]
    endings = [finished(table).ending for table in drawn]
    decided = {ending.by for ending in endings if isinstance(ending, Agreement)}
    assert decided == {"consent", "mediation", "precedence", "vote"}
    assert {table.protocol for table in drawn} == {"mediated", "alternating", "text"}
    lawful = [len(table.lawful) for table in drawn]
    assert np.min(lawful) == 0
