"""Negotiations that others wrote: which format a path is in, and the table it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negotiation.scenarios.formats import genius, preference_tables, scorable
from negotiation.scenarios.formats.games import Settings
from negotiation.scenarios.formats.spots import Spot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from negotiation.engine.table import Table
    from negotiation.scenarios.formats.games import Game

_ALONE = "give one folder, or the files of one format"


def load(paths: Sequence[Path], *, seed: int = 1, **settings: Any) -> Table:
    """The table of a folder or of files in one of the formats; raises `ScenarioError`.

    `settings` are those of `Settings`; `seed` decides which offers of a huge space are looked at.
    """
    return read(paths).table(Settings(**settings), seed=seed)


def recognises(paths: Sequence[Path]) -> bool:
    """Whether the paths are for `read`: a folder, several files, XML, or a preference table."""
    if len(paths) != 1:
        return True
    path = paths[0]
    if _is_folder(path) or path.suffix.lower() == ".xml":
        return True
    return path.suffix.lower() == ".json" and preference_tables.holds_one(path)


def read(paths: Sequence[Path]) -> Game:
    """The game of a folder or of files in one of the formats; raises `ScenarioError`."""
    if len(paths) == 1 and _is_folder(paths[0]):
        return _folder(paths[0])
    suffixes = {path.suffix.lower() for path in paths}
    if suffixes not in ({".xml"}, {".json"}):
        source = ", ".join(str(path) for path in paths)
        Spot(source).refuse("these files do not fit together", _ALONE)
    return genius.read(paths) if suffixes == {".xml"} else preference_tables.read(paths)


def _folder(folder: Path) -> Game:
    spot = Spot(str(folder))
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        spot.refuse(f"the folder cannot be read ({error.strerror})", "name a readable one")
    xml = [path for path in files if path.suffix.lower() == ".xml"]
    profiles = [path for path in files if path.match(preference_tables.PROFILES)]
    if (folder / scorable.CONFIG).exists() or (folder / scorable.SCORES).exists():
        return scorable.read(folder)
    if xml and profiles:
        spot.refuse("the folder holds XML and JSON profiles", "name the files of one format")
    if not xml and not profiles:
        spot.refuse(
            "the folder holds no negotiation",
            f"give one with Genius XML, {scorable.CONFIG} or {preference_tables.PROFILES}",
        )
    return genius.read(xml) if xml else preference_tables.read(profiles)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # no file has a name like that
        return False
