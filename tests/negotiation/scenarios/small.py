"""A small valid document that tests change in one place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data

SMALL: dict[str, Any] = {
    "name": "small",
    "title": "A small scenario",
    "service": "a service",
    "action": "place-service",
    "parameters": {"hours": 730, "allowed": ["DEU", "BEL"], "kind": "mixed"},
    "catalogue": "gcp_placement",
    "lookups": [
        {
            "name": "price",
            "table": "prices",
            "column": "on_demand_usd_h",
            "keys": {"region": "region", "machine_type": "machine"},
        },
        {"name": "country", "table": "regions", "column": "iso3", "keys": {"region": "region"}},
        {
            "name": "round_trip",
            "table": "regions",
            "column": "rtt_frankfurt_ms",
            "keys": {"region": "region"},
        },
    ],
    "facts": [{"name": "load", "label": "Load", "unit": "%", "nominal": 50, "sd": 10}],
    "issues": [
        {
            "name": "region",
            "label": "Region",
            "options": [
                {"value": "europe-west3", "label": "Frankfurt"},
                {"value": "europe-west1", "label": "Belgium"},
                {"value": "europe-west9", "label": "Paris"},
            ],
        },
        {"name": "machine", "label": "Machine", "options": ["e2-standard-8", "t2d-standard-8"]},
        {"name": "share", "label": "Spot share", "unit": "%", "options": [0, 50, 100]},
    ],
    "measures": [
        {
            "name": "monthly_cost",
            "label": "Monthly cost",
            "unit": "USD/month",
            "formula": "price * hours * (1 - share / 200)",
        },
        {"name": "strain", "label": "Strain", "unit": "%", "formula": "load * share / 100"},
    ],
    "constraints": [
        {
            "name": "residency",
            "text": "Data stays in Germany or Belgium",
            "author": "A data protection officer",
            "citation": "Policy DP-4",
            "subject": "country",
            "in": "allowed",
        }
    ],
    "seats": [
        {
            "name": "cost",
            "title": "Cost",
            "reservation": 0.2,
            "objectives": [
                {"subject": "monthly_cost", "weight": 1, "value": {"worst": 400, "best": 100}}
            ],
            "beliefs": {"load": {"mean": 40, "sd": 5}},
        },
        {
            "name": "speed",
            "title": "Speed",
            "reservation": 0.2,
            "objectives": [
                {"subject": "round_trip", "weight": 1, "value": {"worst": 20, "best": 0}},
                {"subject": "strain", "weight": 1, "value": {"points": [[0, 1], [60, 0]]}},
                {
                    "subject": "machine",
                    "weight": 1,
                    "value": {"table": {"e2-standard-8": 0, "t2d-standard-8": 1}},
                },
            ],
            "knows": {
                "load": {
                    "mean": 45,
                    "sd": 2,
                    "source": "Monitoring",
                    "kind": "measured",
                    "observed_on": "2026-07-01",
                }
            },
        },
    ],
    "policy": {
        "gates": [
            {"name": "spot", "text": "Mostly spot", "subject": "share", "above": 50},
        ],
        "risk": {
            "dimensions": [
                {"name": "cost", "label": "cost", "loss": "monthly_cost", "tolerance": 1000}
            ],
            "affected": 1,
            "population": 10,
            "reversibility": 0.25,
        },
    },
    "today": {"region": "europe-west3", "machine": "e2-standard-8", "share": 0},
    "executor": {"kind": "dry-run"},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small document with one part replaced: `changed("seats.0.reservation", 2)`."""
    data = deepcopy(SMALL)
    *parents, last = path.split(".")
    part: Any = data
    for step in parents:
        part = part[int(step)] if isinstance(part, list) else part[step]
    if isinstance(part, list):
        part[int(last)] = value
    else:
        part[last] = value
    return data


def refusal(data: Any) -> str:
    """The sentences with which a document is refused, without the file's name."""
    try:
        from_data(data, source="small")
    except ScenarioError as error:
        return "\n".join(sentence.removeprefix("small, ") for sentence in error.sentences)
    raise AssertionError("The document was not refused.")
