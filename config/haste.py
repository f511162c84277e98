"""How the threads of the server process share the interpreter, and what its collector looks at."""

from __future__ import annotations

import gc
import sys

# Five milliseconds, Python's own, at each turn of the loop while another thread draws a panel.
SWITCH_SECONDS = 0.0005


def prepare() -> None:
    """Sockets do not wait for threads that compute, nor for a look through all that was loaded."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
