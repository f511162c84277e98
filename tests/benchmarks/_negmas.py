"""Measures the reference engine, in its own environment: a question on stdin, JSON on stdout.

NegMAS as it is fastest: no callbacks, no checks of offers, no threads, no time limit, nothing
logged. Preferences are built anew for each run, outside the time that is measured.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

# It is installed in the throw-away environment alone, so the checks here never see it.
import negmas  # type: ignore[import-not-found]
from negmas.preferences.ops import calc_scenario_stats  # type: ignore[import-not-found]
from negmas.preferences.value_fun import TableFun  # type: ignore[import-not-found]
from negmas.sao import SAOMechanism, negotiators  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from collections.abc import Callable

STRATEGIES = {
    "boulware": negotiators.BoulwareTBNegotiator,
    "micro": negotiators.MiCRONegotiator,
    "nice-tft": negotiators.NiceTitForTatNegotiator,
}


def preferences(domain: dict[str, Any]) -> list[Any]:
    issues = [
        negmas.make_issue([f"v{place}" for place in range(count)], name=f"i{number}")
        for number, count in enumerate(domain["options"])
    ]
    space = negmas.make_os(issues)
    return [
        negmas.LinearAdditiveUtilityFunction(
            {
                f"i{number}": TableFun({f"v{place}": value for place, value in enumerate(values)})
                for number, values in enumerate(seat["values"])
            },
            weights={f"i{number}": weight for number, weight in enumerate(seat["weights"])},
            outcome_space=space,
            reserved_value=domain["reservation"],
        )
        for seat in domain["seats"]
    ]


def negotiated(question: dict[str, Any], wishes: list[Any]) -> dict[str, Any]:
    mechanism = SAOMechanism(
        outcome_space=wishes[0].outcome_space,
        n_steps=question["rounds"],
        extra_callbacks=False,
        check_offers=False,
        sync_calls=True,
    )
    for number, wish in enumerate(wishes):
        mechanism.add(STRATEGIES[question["strategy"]](name=f"seat{number}"), ufun=wish)
    state = mechanism.run()
    return {"rounds": state.step, "agreed": state.agreement is not None}


def analysed(_question: dict[str, Any], wishes: list[Any]) -> dict[str, Any]:
    return {"frontier": len(calc_scenario_stats(wishes).pareto_utils)}


WORK: dict[str, Callable[[dict[str, Any], list[Any]], dict[str, Any]]] = {
    "negotiate": negotiated,
    "analyse": analysed,
}


def measured(question: dict[str, Any]) -> None:
    """Tells the median of as many of `runs` as fit into `limit` seconds; None if none does."""
    times: list[float] = []
    told: dict[str, Any] = {}

    def tell(*_: object) -> NoReturn:
        told["seconds"] = median(times) if times else None
        sys.stdout.write(json.dumps(told))
        sys.stdout.flush()
        os._exit(0)  # an exception would be caught on the way

    signal.signal(signal.SIGALRM, tell)
    for _ in range(question["runs"]):
        wishes = preferences(question["domain"])
        signal.setitimer(signal.ITIMER_REAL, max(question["limit"] - sum(times), 0.01))
        start = perf_counter()
        told = WORK[question["work"]](question, wishes)
        times.append(perf_counter() - start)
        signal.setitimer(signal.ITIMER_REAL, 0)
    tell()


if __name__ == "__main__":
    measured(json.load(sys.stdin))
