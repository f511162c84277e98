"""How the threads of the server process share the interpreter, and what its collector looks at."""

from __future__ import annotations

import gc
import sys

# Five milliseconds, Python's own, at each turn of the loop while another thread draws a panel.
SWITCH_SECONDS = 0.0005
# A look through everything that lives takes a fifth of a second with a thousand sockets open, and
# all of them wait for it: once in a million objects, not in seventy thousand.
COLLECT_AFTER = (1_000, 20, 50)


def prepare() -> None:
    """Sockets do not wait for threads that compute, nor for a look through all that was loaded."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
