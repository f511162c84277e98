"""Starts the processes in order, restarts what dies, and stops them in the right order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from config.supervision import CannotRun
from config.supervision.children import Child, last_lines, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from config.supervision.programs import Program

QUICK = 10.0  # A process that lived less than these seconds died quickly.
PATIENCE = 5  # So many quick deaths in a row are too many.
LONGEST_WAIT = 8.0
TICK = 0.2


class KeepsDying(CannotRun):
    def __init__(self, child: Child) -> None:
        self.child = child

    def __str__(self) -> str:
        return (
            f"{self.child.name} ended {PATIENCE} times within seconds of its start. "
            f"{self.child.log} ends:\n{last_lines(self.child.log)}"
        )


class Supervisor:
    """Looks after children. What is started first is stopped last, group by group."""

    def __init__(
        self, *, env: Mapping[str, str], cwd: Path, logs: Path, say: Callable[[str], None]
    ) -> None:
        self._env, self._cwd, self._logs, self._say = env, cwd, logs, say
        self._groups: list[list[_Watched]] = []

    def start(self, *programs: Program) -> None:
        """Start a group, whose members do not need each other."""
        group: list[_Watched] = []
        self._groups.append(group)
        for program in programs:
            child = Child(program, env=self._env, cwd=self._cwd, logs=self._logs)
            group.append(_Watched(child, say=self._say))
            group[-1].start()

    def watch(self, *, until: Callable[[], bool]) -> None:
        """Restart what dies, until the condition holds; raises KeepsDying."""
        while not until():
            for group in self._groups:
                for watched in group:
                    watched.look()
            time.sleep(TICK)

    def stop(self) -> None:
        for group in reversed(self._groups):
            stop([watched.child for watched in group])


class _Watched:
    def __init__(self, child: Child, *, say: Callable[[str], None]) -> None:
        self.child = child
        self._say = say
        self._quick_deaths = 0
        self._started_at = 0.0
        self._restart_at: float | None = None

    def start(self) -> None:
        self._restart_at = None
        self._started_at = time.monotonic()
        self.child.start()

    def look(self) -> None:
        if self._restart_at is not None:
            if time.monotonic() >= self._restart_at:
                self.start()
        elif self.child.exit_status is not None:
            self._note_death(self.child.exit_status)

    def _note_death(self, status: int) -> None:
        self.child.kill()  # A dead worker's pool must not go on beside the new one's.
        now = time.monotonic()
        self._quick_deaths = self._quick_deaths + 1 if now - self._started_at < QUICK else 0
        if self._quick_deaths >= PATIENCE:
            raise KeepsDying(self.child)
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        self._say(f"{self.child.name} ended ({how}) and is started again.")
        self._restart_at = now + min(LONGEST_WAIT, 0.5 * 2**self._quick_deaths)
