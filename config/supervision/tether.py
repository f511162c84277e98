"""Ties the life of a process to its parent's, so that nothing outlives what started it."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(sig: int = signal.SIGKILL) -> None:
    """Ask the kernel to send `sig` to this process when its parent ends.

    Linux only; elsewhere nothing happens. Survives exec, so it serves as a `preexec_fn`.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sig))
