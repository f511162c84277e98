"""How the managers' view draws its figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from approvals.services.overviews import OPEN
from negotiation import flows, plots
from negotiation.filters import ASKING, GROUPS, SINCE, Filters
from negotiation.flows import Passed, Station
from negotiation.presentation import STATES
from negotiation.services.harm_left import STEPS

if TYPE_CHECKING:
    from approvals.parts.overviews import Overview

# Where no agreement came, it matters here that none came, not that a person is asked.
LEADING = [group for group in GROUPS if group.key != ASKING]
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
STAGES = ("Scenario", "How it ended", "Who decided", "What became of it")
# What people did with what came to them, and with which results.
DID = (
    ("approved", "Approved", "green", ("executed", "executing", "cleared", "failed")),
    ("rejected", "Rejected", "red", ("rejected",)),
    ("waiting", "Waiting", "amber", ("parked",)),
    ("over", "Expired or void", "slate", ("expired", "withdrawn", "void")),
)
RESULTS = (
    "executed", "executing", "cleared", "parked", "failed", "rejected", "refused", "expired",
    "withdrawn", "void", "sent_back",
)  # fmt: skip


class Floor(NamedTuple):
    """Leads to the floor, narrowed as the page is; its chips put some states together."""

    since: str
    scenario: str

    def showing(self, scenario: str = "", status: str = "") -> str:
        state = next((each.key for each in LEADING if status in each.states), "")
        asked = Filters(scenario=scenario or self.scenario, state=state, since=self.since)
        return asked.but()


def routes(seen: Overview) -> list[plots.Slice]:
    """Who decided, of everything that ended."""
    parts = [
        (key, label, tone, seen.total.routes[key], "") for key, (label, tone) in ROUTES.items()
    ]
    return plots.slices([*parts, ("none", "None", "slate", seen.total.none, "")])


def people(seen: Overview) -> list[plots.Slice]:
    """What became of the decisions that came to people."""
    results: Counter[str] = Counter()
    for each in seen.cells:
        if each.route == "review":
            results[each.decided] += each.count
    return plots.slices(
        [
            (key, label, tone, sum(results[one] for one in ends), "")
            for key, label, tone, ends in DID
        ]
    )


def flow(seen: Overview) -> flows.Flow | None:
    """From scenario over ending and route to what became of it."""
    ways = seen.passed()
    sizes: Counter[str] = Counter()
    for (scenario, *_), count in ways.items():
        sizes[scenario] += count
    floor = Floor(seen.period.key if seen.period.key in SINCE else "", seen.scenario)
    shown = [slug for slug, _ in sizes.most_common(MOST_SCENARIOS)]
    titles = {each.scenario: each.title for each in seen.cells}
    stages = [
        [
            *(Station(f"s:{slug}", titles[slug], "slate", floor.showing(slug)) for slug in shown),
            Station(OTHERS, "Other scenarios"),
        ],
        [Station(f"e:{key}", *parts) for key, parts in ENDINGS.items()],
        [Station(f"r:{key}", *parts) for key, parts in ROUTES.items()],
        [Station(f"d:{key}", STATES[key].word, STATES[key].tone) for key in RESULTS],
    ]
    return flows.flow(stages, _passed(ways, set(shown), floor))


def _passed(
    ways: Counter[tuple[str, str, str, str]], shown: set[str], floor: Floor
) -> list[Passed]:
    steps: Counter[tuple[str, str, str]] = Counter()
    for (scenario, ending, route, decided), count in ways.items():
        source = f"s:{scenario}" if scenario in shown else OTHERS
        # An agreement is on the floor under what became of it.
        ended = {OPEN: "running", "agreed": ""}.get(ending, ending)
        of = scenario if scenario in shown else ""
        steps[source, f"e:{ending}", floor.showing(of, ended)] += count
        if route:
            steps[f"e:{ending}", f"r:{route}", floor.showing()] += count
            steps[f"r:{route}", f"d:{decided}", floor.showing(status=decided)] += count
    return [Passed(source, target, count, link) for (source, target, link), count in steps.items()]


def pictures(seen: Overview) -> dict[str, Any]:
    """Everything for the template, by name."""
    steps = [(f"{seen.rhythm.at(i):%d %b, %H:%M}", step) for i, step in
             enumerate(seen.rhythm.series())]  # fmt: skip
    return {
        "begun": plots.columns([(label, step.begun, step.agreed) for label, step in steps]),
        "to_people": plots.columns([(label, step.to_people, 0) for label, step in steps]),
        "routes": routes(seen),
        "waits": plots.columns(
            [(label, count, 0) for label, count in seen.waits.bands()], height=96
        ),
        "harms": [
            (each, plots.area(each.used, now=STEPS, limit=each.rules.budget.harm))
            for each in seen.harms
        ],
        "people": people(seen),
        "flow": flow(seen),
        "stages": [(name, flows.column_x(place, len(STAGES))) for place, name in enumerate(STAGES)],
    }
