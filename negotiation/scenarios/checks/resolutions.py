from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.scenarios.errors import Location, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from negotiation.scenarios.vocabulary import Vocabulary

_LAST = ("ask", "status_quo")


def check_resolution(known: Vocabulary) -> Iterator[Problem]:
    """The list of what follows without an agreement can be followed to its end."""
    policy, seats = known.document.policy, [seat.name for seat in known.document.seats]
    steps: Location = ("policy", "resolution")
    order: Location = ("policy", "precedence")
    yield from _twice(policy.resolution, steps)
    yield from _twice(policy.precedence, order)
    for place, step in enumerate(policy.resolution[:-1]):
        following = policy.resolution[place + 1 :]
        if step in _LAST and [*following] != ["status_quo"]:
            problem = f"nothing can follow '{step}'" + (" but 'status_quo'" * (step == "ask"))
            yield Problem((*steps, place), problem, "put it last")
    for place, name in enumerate(policy.precedence):
        if name not in seats:
            yield Problem((*order, place), f"unknown seat '{name}'", did_you_mean(name, seats))
    if "precedence" in policy.resolution and not policy.precedence:
        yield Problem(order, "is empty", "name the seats, the most important first")


def _twice(names: Sequence[str], at: Location) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem((*at, place), f"'{name}' stands there twice", "name it once")
