"""How a seat bargains. Each strategy is a pure class in a file of its own, with its paper.

To add one, write a module here whose `STRATEGIES` says what it is called; it is found by itself.
"""

from __future__ import annotations

from importlib import import_module
from operator import itemgetter
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from negotiation.engine.strategies.time_dependent import BOULWARE, CONCEDER, LINEAR, TimeDependent

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import Strategy

__all__ = ["BOULWARE", "CONCEDER", "LINEAR", "STRATEGIES", "TimeDependent"]


def _found() -> dict[str, Strategy]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [pair for module in modules for pair in getattr(module, "STRATEGIES", {}).items()]
    return dict(sorted(found, key=itemgetter(0)))


STRATEGIES = _found()
"""Every strategy by the name that people write, in the order of the names."""
