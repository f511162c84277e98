"""Domains and games that others published: read where they are, nothing of them is kept here."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

VARIABLE = "PARLEY_DOMAINS"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "negotiation"
MISSING = f"There are no published domains: set {VARIABLE} to a folder that holds some."


class Found(NamedTuple):
    """A domain or game by its name, and the files it is read from."""

    name: str
    paths: list[Path]


def _home() -> Path:
    return Path(os.environ.get(VARIABLE, BESIDE))


def genius() -> list[Found]:
    """Genius domains for two: where there are more profiles, those of the first half each with
    one of the second."""
    found = []
    files = sorted(_home().rglob("*.xml"))
    for folder, paths in groupby(files, key=lambda path: path.parent):
        domain: list[Path] = []
        profiles: list[Path] = []
        for path in paths:
            text = path.read_text(encoding="utf-8", errors="replace")
            (domain if "<negotiation_template" in text else profiles).append(path)
        half = len(profiles) // 2
        for first, second in zip(profiles[:half], profiles[half:], strict=False):
            name = folder.name if half == 1 else f"{folder.name} ({first.stem}, {second.stem})"
            found.append(Found(name, [*domain, first, second]))
    return found


def games() -> list[Found]:
    """Scorable games, one folder each."""
    configs = sorted(_home().rglob("config.txt"))
    folders = [path.parent for path in configs if (path.parent / "scores_files").is_dir()]
    return [Found(folder.name, [folder]) for folder in folders]


def negolog() -> list[Found]:
    """NegoLog's domains, each a folder with `specs.json`: what is known about it."""
    return [Found(path.parent.name, [path.parent]) for path in sorted(_home().rglob("specs.json"))]
