"""Scorable games as in LLM-Deliberation (Abdelnabi et al. 2024): scores and a minimum per party.

A folder with `config.txt` (one party in a line: name, file, role, …) and `scores_files/`: for each
party one row of scores for an issue, and the least score it accepts in the last line. Options are
A1, A2, …; `global_instructions.txt` gives them words where it can be read with certainty. The
parties p1 and p2 hold a veto.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from negotiation.engine.space import Issue
from negotiation.engine.table import Seat
from negotiation.engine.utility import Preferences
from negotiation.scenarios import documents
from negotiation.scenarios.formats.games import Game, Scale, distinct, objective
from negotiation.scenarios.formats.scorable_words import Worded, worded
from negotiation.scenarios.formats.spots import Spot, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from negotiation.engine.messages import Option

CONFIG, SCORES, INSTRUCTIONS = "config.txt", "scores_files", "global_instructions.txt"
_ROLES = ("p1", "p2", "player")
_FILE = re.compile(r"\w[\w .-]{0,99}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Party(NamedTuple):
    title: str
    file: str
    role: str
    spot: Spot


class _Scores(NamedTuple):
    """`rows`: an issue's scores each; `least`: what the party accepts at least."""

    rows: tuple[tuple[float, ...], ...]
    least: float
    spot: Spot


def read(folder: Path) -> Game:
    """The game of a folder; raises `ScenarioError`."""
    parties = _parties(folder)
    scores = [_scores(folder, party) for party in parties]
    for each in scores:
        _check_shape(each, scores[0])
    issues = _issues([len(row) for row in scores[0].rows], _instructions(folder))
    names = distinct(party.file for party in parties)
    seats = tuple(
        _seat(name, party, own, issues)
        for name, party, own in zip(names, parties, scores, strict=True)
    )
    return Game(
        title=folder.resolve().name,
        source=str(folder),
        issues=issues,
        seats=seats,
        scales={name: _scale(own) for name, own in zip(names, scores, strict=True)},
    )


def _parties(folder: Path) -> list[_Party]:
    spot = Spot(str(folder / CONFIG))
    text = documents.read_file(folder / CONFIG, source=spot.source, kind="text")
    parties = [
        _party(spot.on(number), line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    if not parties:
        spot.refuse("the file is empty", "write a line for each party: name, file, role")
    roles = [party.role for party in parties if party.role != "player"]
    if len(set(roles)) != len(roles):
        spot.refuse("two parties have the same role", "give p1 and p2 to one party each")
    return parties


def _party(spot: Spot, line: str) -> _Party:
    title, file, role, *_ = [*(part.strip() for part in line.split(",")), "", "", ""]
    if not (title and file and role):
        spot.refuse("a party needs a name, a file and a role", "separate them by commas")
    if role not in _ROLES:
        spot.refuse(f"the role {shown(role)} is not known", f"it can be {', '.join(_ROLES)}")
    if not _FILE.fullmatch(file):
        spot.refuse(f"{shown(file)} is no name of a file", f"name a file of {SCORES} without .txt")
    return _Party(title, file, role, spot)


def _scores(folder: Path, party: _Party) -> _Scores:
    path = folder / SCORES / f"{party.file}.txt"
    if path.resolve().parent != (folder / SCORES).resolve():
        party.spot.refuse(f"{shown(party.file)} lies elsewhere", f"put the file in {SCORES}")
    spot = Spot(str(path))
    lines = [
        (spot.on(number), line.strip())
        for number, line in enumerate(
            documents.read_file(path, source=spot.source, kind="text").splitlines(), start=1
        )
        if line.strip()
    ]
    if len(lines) < 2:
        spot.refuse("there are too few lines", "write a row for each issue, then the minimum")
    *rows, (last, least) = lines
    return _Scores(
        tuple(_row(place, line) for place, line in rows), last.number(least, "the minimum"), spot
    )


def _row(spot: Spot, line: str) -> tuple[float, ...]:
    cells = line.removesuffix(",").split(",")
    return tuple(spot.number(cell, f"score {number}") for number, cell in enumerate(cells, start=1))


def _check_shape(own: _Scores, first: _Scores) -> None:
    if len(own.rows) != len(first.rows):
        own.spot.refuse(
            f"there are {len(own.rows)} issues, in {first.spot.source} {len(first.rows)}",
            "give every party the same issues",
        )
    if len(own.rows) > len(_LETTERS):
        own.spot.refuse(f"there are {len(own.rows)} issues", f"use at most {len(_LETTERS)}")
    for letter, row, other in zip(_LETTERS, own.rows, first.rows, strict=False):
        if len(row) != len(other):
            own.spot.refuse(
                f"issue {letter} has {len(row)} options, in {first.spot.source} {len(other)}",
                "give every party the same options",
            )


def _instructions(folder: Path) -> str:
    path = folder / INSTRUCTIONS
    return documents.read_file(path, source=str(path), kind="text") if path.is_file() else ""


def _issues(widths: Sequence[int], instructions: str) -> tuple[Issue, ...]:
    words = [
        worded(instructions, letter, width) for letter, width in zip(_LETTERS, widths, strict=False)
    ]
    return tuple(
        _issue(letter, width, word)
        for letter, width, word in zip(_LETTERS, widths, words, strict=False)
    )


def _issue(letter: str, width: int, words: Worded) -> Issue:
    options = tuple(f"{letter}{number}" for number in range(1, width + 1))
    labels: dict[Option, str] = dict(zip(options, words.options, strict=False))
    return Issue(letter, words.title or f"Issue {letter}", options, "", labels)


def _scale(scores: _Scores) -> Scale:
    """From 0, or from the least possible where scores are negative, to the largest possible."""
    least = sum(min(0.0, *row) for row in scores.rows)
    return Scale(least, sum(max(row) for row in scores.rows) - least)


def _seat(name: str, party: _Party, scores: _Scores, issues: tuple[Issue, ...]) -> Seat:
    scale = _scale(scores)
    if scale.span <= 0:
        scores.spot.refuse("every deal has the same score", "give an option more than 0")
    scores.spot.checked(scale.span, "the sum of the scores")
    return Seat(
        name=name,
        title=party.title,
        preferences=Preferences(
            tuple(
                objective(issue, *_valued(issue, row))
                for issue, row in zip(issues, scores.rows, strict=True)
            ),
            max((scores.least - scale.least) / scale.span, 0.0),
        ),
        veto=party.role != "player",
    )


def _valued(issue: Issue, row: tuple[float, ...]) -> tuple[float, dict[Option, float]]:
    """The weight of an issue, its span of scores, and the share of it that each option reaches."""
    least = min(0.0, *row)
    span = max(row) - least
    return span, {
        option: (score - least) / span if span else 0.0
        for option, score in zip(issue.options, row, strict=True)
    }
