"""A negotiation that is killed and goes on from the stored transcript of what was said so far."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.messages import Message
from negotiation.engine.session import Session
from tests.engine.random_tables import every_kind
from tests.engine.talks import finished, go_on

if TYPE_CHECKING:
    from collections.abc import Sequence


def same_after_a_kill(draw: int, *, everywhere: bool = False) -> bool:
    """Whether a random negotiation, killed at a random message (or at each in turn), says the
    same to its end, byte for byte, as if nothing had happened."""
    seed = draw * 7919 + 1
    said = _written(finished(every_kind(draw), seed=seed))
    kills: Sequence[int] = range(len(said) + 1)
    if not everywhere:
        kills = [int(np.random.default_rng([draw, 1]).integers(len(said) + 1))]
    return all(_written(_resumed(draw, seed, said[:kill])) == said for kill in kills)


def _resumed(draw: int, seed: int, said: Sequence[bytes]) -> Session:
    """A new process would know the same: the scenario, the seed and the stored messages."""
    messages = [Message.from_dict(json.loads(text)) for text in said]
    session = Session.replay(every_kind(draw), seed=seed, messages=messages)
    go_on(session)
    return session


def _written(session: Session) -> list[bytes]:
    return [json.dumps(message.to_dict()).encode() for message in session.messages]
