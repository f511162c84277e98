"""One supervised process: started tethered, in its own session, writing to its own log."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from config.supervision.tether import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from config.supervision.programs import Program

LINES_OF_TAIL = 12


class Child:
    def __init__(self, program: Program, *, env: Mapping[str, str], cwd: Path, logs: Path) -> None:
        self.program = program
        self.name = program.name
        self.log = logs / f"{program.name}.log"
        self._env = dict(env)
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None
        keep_previous(self.log)

    def start(self) -> None:
        # Its own session: a Ctrl-C in the terminal reaches the supervisor only, which then
        # stops the children in the right order.
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (the program is ours)
                self.program.argv,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.program.pass_fds,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509  (the supervisor has one thread)
            )

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_status(self) -> int | None:
        """None while it runs, and before it was started."""
        return self._process.poll() if self._process else None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Let it end by itself until the monotonic time `until`; then end it with its children."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, until - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """End what is left of its session at once; nothing happens when nothing is left."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def stop(children: Sequence[Child]) -> None:
    """Ask all at once, give each its patience, then insist."""
    asked_at = time.monotonic()
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait(asked_at + child.program.patience)


def keep_previous(log: Path) -> None:
    """Begin a log anew; the one of the previous start stays beside it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    log.touch(mode=0o600)


def last_lines(log: Path) -> str:
    with log.open(errors="replace") as lines:
        return "".join(deque(lines, LINES_OF_TAIL)).rstrip()
