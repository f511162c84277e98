"""From a document to what the engine works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import (
    LinearValue,
    Measure,
    Objective,
    PiecewiseValue,
    Preferences,
    TableValue,
)
from negotiation.scenarios import judgements, readings
from negotiation.scenarios.columns import Columns
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.rules import compile_constraint, subject_unit
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.vocabulary import Vocabulary, option_texts

if TYPE_CHECKING:
    from datetime import date

    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Offer
    from negotiation.engine.policy import Policy
    from negotiation.engine.risk import RiskInputs
    from negotiation.engine.utility import ValueFunction
    from negotiation.scenarios import schema
