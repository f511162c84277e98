"""How a seat bargains. Each strategy is a pure class in a file of its own, with its paper.

To add one, write a module here whose `STRATEGIES` says what it is called; it is found by itself.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from negotiation.engine.strategies.time_dependent import BOULWARE, CONCEDER, LINEAR, TimeDependent

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import Strategy

__all__ = ["BOULWARE", "CONCEDER", "LINEAR", "STRATEGIES", "TimeDependent"]


def _found() -> dict[str, Strategy]:
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {
        name: strategy
        for module in modules
        for name, strategy in getattr(module, "STRATEGIES", {}).items()
    }


STRATEGIES = _found()
"""Every strategy by the name that people write."""
