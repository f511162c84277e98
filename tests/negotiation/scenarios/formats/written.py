"""Made-up games, written in the formats that others use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine.outlook import Outlook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.space import FloatArray
    from negotiation.engine.table import Table

DOMAIN = """<negotiation_template><utility_space number_of_issues="3">
<objective index="0" name="root" type="objective">
  <issue index="1" name="Colour" type="discrete" vtype="discrete">
    <item index="1" value="red"/><item index="2" value="blue"/><item index="3" value="green"/>
  </issue>
  <issue index="2" name="Amount" type="integer" vtype="integer" lowerbound="2" upperbound="5"/>
  <issue index="3" name="Length" type="real" vtype="real">
    <range lowerbound="0" upperbound="10"/>
  </issue>
</objective></utility_space></negotiation_template>"""

COLOUR = """<issue index="1" name="Colour" type="discrete">
    <item index="1" value="red" evaluation="10"/><item index="2" value="blue" evaluation="40"/>
    <item index="3" value="green" evaluation="20"/>
  </issue>"""
AMOUNT = """<issue index="2" name="Amount" type="integer" lowerbound="2" upperbound="5">
    <evaluator ftype="linear" slope="0.5" offset="-0.2"/></issue>"""
LENGTH = """<issue index="3" name="Length" type="real"><range lowerbound="0" upperbound="10"/>
    <evaluator ftype="triangular" parameter0="0" parameter1="8" parameter2="2"/></issue>"""
WEIGHTS = (0.5, 0.3, 0.2)


def profile(
    *issues: str,
    weights: Sequence[float] = WEIGHTS,
    after: str = '<reservation value="0.3"/><discount_factor value="0.5"/>',
    kind: str = "",
) -> str:
    weighed = "".join(
        f'<weight index="{index}" value="{weight}"/>'
        for index, weight in enumerate(weights, start=1)
    )
    body = "".join(issues or (COLOUR, AMOUNT, LENGTH))
    return (
        f"<utility_space{kind}><objective index='0' name='root'>{body}{weighed}</objective>"
        f"{after}</utility_space>"
    )


def genius(folder: Path, *profiles: str, domain: str = DOMAIN) -> list[Path]:
    """The files of a domain and of its profiles, two the same if none are given."""
    texts = {"domain.xml": domain}
    for number, text in enumerate(profiles or (profile(), profile()), start=1):
        texts[f"side{number}.xml"] = text
    return [saved(folder / name, text) for name, text in texts.items()]


def saved(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


CONFIG = """Harbour,harbour,p1,greedy,model-a
Town council,council,player,cooperative,model-a

Ministry,ministry,p2,cooperative,model-a
"""
SCORES = {
    "harbour": "10, 0\n0, 5, 20\n12",
    "council": "0, 30\n10, 20, 0\n30 ",
    "ministry": "5, 15\n40, 5, 0\n15",
}
INSTRUCTIONS = """A harbour is extended.
Issue A: "Depth"
A1 "deep": ships of all sizes.
A2 "shallow" no large ships.
Issue B: "Payment"
B1: "Harbour" pays $3 million.
B2: "shared": both pay.
B3: nobody pays.
"""


def scorable(
    folder: Path,
    config: str = CONFIG,
    scores: Mapping[str, str] = SCORES,
    instructions: str = INSTRUCTIONS,
) -> Path:
    saved(folder / "config.txt", config)
    for name, text in scores.items():
        saved(folder / "scores_files" / f"{name}.txt", text)
    if instructions:
        saved(folder / "global_instructions.txt", instructions)
    return folder


def preference_table(**changes: Any) -> dict[str, Any]:
    table: dict[str, Any] = {
        "reservationValue": 0.25,
        "issueWeights": {"price": 0.6, "date": 0.4},
        "issues": {"price": {"low": 1.0, "high": 0.5}, "date": {"soon": 0.2, "late": 1.0}},
    }
    return table | changes


def tables(folder: Path, *profiles: Any) -> Path:
    other = preference_table(issueWeights={"price": 0.1, "date": 0.9})
    given = profiles or (preference_table(), other)
    for letter, data in zip("ABCDEFGH", given, strict=False):
        text = data if isinstance(data, str) else json.dumps(data)
        saved(folder / f"profile{letter}.json", text)
    return folder


def utilities(table: Table) -> FloatArray:
    """What each offer is worth to each seat, shape (offers, seats)."""
    return np.stack([Outlook.first(table, seat).utilities for seat in table.seats]).T


def utility(table: Table, offer: Mapping[str, Any], seat: int = 0) -> float:
    row = table.row_of(table.space.index_of(offer))
    assert row is not None
    return float(utilities(table)[row, seat])
