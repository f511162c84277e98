"""Whether the parts of a document fit together. Each check yields what is wrong, in order."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from negotiation.scenarios.checks.names import check_names
from negotiation.scenarios.checks.resolutions import check_resolution
from negotiation.scenarios.checks.rules import check_constraints, check_policy
from negotiation.scenarios.checks.seats import check_protocol, check_seats
from negotiation.scenarios.checks.world import (
    check_issues,
    check_lookups,
    check_measures,
    check_today,
)
from negotiation.scenarios.errors import MOST
from negotiation.scenarios.vocabulary import Vocabulary

if TYPE_CHECKING:
    from negotiation.scenarios.errors import Problem
    from negotiation.scenarios.schema import ScenarioDocument

_CHECKS = (
    check_names,
    check_issues,
    check_lookups,
    check_measures,
    check_constraints,
    check_seats,
    check_protocol,
    check_policy,
    check_resolution,
    check_today,
)


def problems_of(document: ScenarioDocument) -> list[Problem]:
    """What does not fit together, at most `MOST` of it; empty when the document can be used."""
    vocabulary = Vocabulary(document)
    return list(islice(chain.from_iterable(check(vocabulary) for check in _CHECKS), MOST))
