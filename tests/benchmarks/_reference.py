"""The reference engine, NegMAS, in a throw-away environment of its own: never a dependency.

The environment is kept in `var/` between runs; remove that folder to have it made again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks._cases import Case

REQUIREMENT = "negmas==0.16.*"
HOME = Path(__file__).resolve().parents[2] / "var" / "reference"
SCRIPT = Path(__file__).with_name("_negmas.py")
INSTALLING = 300.0
STARTING = 60.0


class NotThere(Exception):
    """The reference engine cannot be installed here."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The median `seconds` of one run; if `bound`, it was stopped after so many."""

    seconds: float
    rounds: int | None
    agreed: bool | None
    bound: bool = False


def reference(
    work: str, case: Case, *, strategy: str = "", rounds: int = 0, runs: int = 3, limit: float = 60
) -> Taken | None:
    """What the reference engine takes; None where it cannot be installed."""
    try:
        python = _environment()
    except NotThere:
        return None
    question = {
        "work": work,
        "domain": case.to_dict(),
        "strategy": strategy,
        "rounds": rounds,
        "runs": runs,
        "limit": limit,
    }
    told = _asked(python, question, limit)
    if told is None:
        return Taken(seconds=limit, rounds=None, agreed=None, bound=True)
    return Taken(
        seconds=told["seconds"] or limit,
        rounds=told.get("rounds"),
        agreed=told.get("agreed"),
        bound=told["seconds"] is None,
    )


def _asked(python: Path, question: dict[str, Any], limit: float) -> dict[str, Any] | None:
    """What the script answers; None if it does not even look at its clock."""
    try:
        answer = subprocess.run(
            [python, "-I", "-W", "ignore", SCRIPT],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=True,
            timeout=limit + STARTING,
        )
    except subprocess.TimeoutExpired:
        return None
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def why_not() -> str:
    """The sentence for rows without the reference engine; empty where it is there."""
    try:
        _environment()
    except NotThere as reason:
        return str(reason)
    return ""


@cache
def _environment() -> Path:
    """The interpreter that has the reference engine; made once, kept for later runs."""
    python, ready = HOME / "bin" / "python", HOME / "ready"
    if ready.exists() and ready.read_text() == REQUIREMENT:
        return python
    shutil.rmtree(HOME, ignore_errors=True)
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
    ]
    try:
        _call([sys.executable, "-m", "venv", HOME])
        _call([*pip, "--retries", "1", "--timeout", "10", REQUIREMENT])
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(HOME, ignore_errors=True)
        raise NotThere(
            f"The reference engine is not compared: pip could not install {REQUIREMENT} here."
        ) from error
    ready.write_text(REQUIREMENT)
    return python


def _call(command: Sequence[str | Path]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, check=True, capture_output=True, timeout=INSTALLING, env=environment)
