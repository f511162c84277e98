"""How a seat concedes over time. Each strategy is a pure class with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Strategy(Protocol):
    """Gives the share of the way from its limit to its best that a seat still asks for."""

    def demand(self, time: float) -> float:
        """1 at relative time 0 (the best offer), 0 at relative time 1 (the reservation value)."""
        ...


@dataclass(frozen=True, slots=True)
class TimeDependent:
    """s(t) = 1 − t^(1/e): Faratin, Sierra & Jennings 1998.

    e < 1 holds out (Boulware), e = 1 concedes evenly, e > 1 concedes early (conceder).
    """

    e: float = 1.0

    def __post_init__(self) -> None:
        if not self.e > 0:
            raise ValueError("The exponent e of a time-dependent strategy is above 0.")

    def demand(self, time: float) -> float:
        return float(1.0 - min(max(time, 0.0), 1.0) ** (1.0 / self.e))


BOULWARE = TimeDependent(0.2)
LINEAR = TimeDependent(1.0)
CONCEDER = TimeDependent(2.0)

STRATEGIES: dict[str, Strategy] = {"boulware": BOULWARE, "linear": LINEAR, "conceder": CONCEDER}
