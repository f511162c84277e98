"""How the managers' view draws its figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from approvals.services.overviews import OPEN
from negotiation import flows, plots
from negotiation.flows import Passed, Stop
from negotiation.presentation import STATES
from negotiation.services.harm_left import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.parts.overviews import Overview

MOST_SCENARIOS = 7
OTHERS = "others"
ENDINGS = {
    "agreed": ("Agreed", "green"),
    "no_agreement": ("No agreement", "slate"),
    "stopped": ("Ended by a person", "slate"),
    "failed": ("Failed", "red"),
    OPEN: ("Still talking", "indigo"),
}
ROUTES = {
    "auto": ("Automatic", "green"),
    "review": ("By people", "amber"),
    "refuse": ("Refused", "red"),
}
RESULTS = (
    "executed", "executing", "cleared", "parked", "failed", "rejected", "refused", "expired",
    "withdrawn", "void", "sent_back",
)  # fmt: skip


def floor_link(scenario: str = "", state: str = "") -> str:
    """The floor, showing only these."""
    asked = {name: value for name, value in {"scenario": scenario, "state": state}.items() if value}
    return reverse("floor") + (f"?{urlencode(asked)}" if asked else "")


def routes(seen: Overview) -> list[plots.Slice]:
    """Who decided, of everything that ended."""
    parts = [
        (key, label, tone, seen.total.routes[key], "") for key, (label, tone) in ROUTES.items()
    ]
    return plots.slices([*parts, ("none", "None", "slate", seen.total.none, "")])


def flow(seen: Overview) -> flows.Flow | None:
    """From scenario over ending and route to what became of it."""
    ways = seen.passed()
    sizes: Counter[str] = Counter()
    for (scenario, *_), count in ways.items():
        sizes[scenario] += count
    shown = [slug for slug, _ in sizes.most_common(MOST_SCENARIOS)]
    titles = {each.scenario: each.title for each in seen.cells}
    stages = [
        [
            *(Stop(f"s:{slug}", titles[slug], "slate", floor_link(slug)) for slug in shown),
            Stop(OTHERS, "Other scenarios"),
        ],
        [Stop(f"e:{key}", *parts) for key, parts in ENDINGS.items()],
        [Stop(f"r:{key}", *parts) for key, parts in ROUTES.items()],
        [Stop(f"d:{key}", STATES[key].word, STATES[key].tone) for key in RESULTS],
    ]
    return flows.flow(stages, list(_passed(ways, set(shown), seen.scenario)))


def _passed(
    ways: Counter[tuple[str, str, str, str]], shown: set[str], chosen: str
) -> Iterable[Passed]:
    steps: Counter[tuple[str, str, str]] = Counter()
    for (scenario, ending, route, decided), count in ways.items():
        source = f"s:{scenario}" if scenario in shown else OTHERS
        of = scenario if scenario in shown else chosen
        steps[source, f"e:{ending}", floor_link(of, _state(ending))] += count
        if route:
            steps[f"e:{ending}", f"r:{route}", floor_link(chosen)] += count
            steps[f"r:{route}", f"d:{decided}", floor_link(chosen, decided)] += count
    return [Passed(source, target, count, link) for (source, target, link), count in steps.items()]


def _state(ending: str) -> str:
    return "running" if ending == OPEN else ending


def pictures(seen: Overview) -> dict[str, Any]:
    """Everything for the template, by name."""
    steps = [(f"{seen.rhythm.at(i):%d %b, %H:%M}", step) for i, step in
             enumerate(seen.rhythm.series())]  # fmt: skip
    return {
        "begun": plots.columns([(label, step.begun, step.agreed) for label, step in steps]),
        "to_people": plots.columns([(label, step.to_people, 0) for label, step in steps]),
        "routes": routes(seen),
        "waits": plots.columns(
            [(label, count, 0) for label, count in seen.waits.bands()], height=72
        ),
        "harms": [
            (each, plots.area(each.used, now=STEPS, limit=each.rules.budget.harm))
            for each in seen.harms
        ],
        "flow": flow(seen),
    }
