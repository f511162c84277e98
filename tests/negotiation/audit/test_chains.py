"""10,000 rows of the audit trail: whatever is done to one of them, that one is named."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import F
from pytest_django import DjangoDbBlocker

from negotiation.models import AuditEntry, AuditHead
from negotiation.services import anchors, chains
from tests.negotiation.audit import trails

pytestmark = pytest.mark.django_db

ROWS = 10_000
BAD = 6_001


@pytest.fixture(scope="module", autouse=True)
def _trail(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        trails.empty()
        trails.write(ROWS)
    yield
    with django_db_blocker.unblock():
        trails.empty()


@pytest.fixture
def forger(db: None) -> None:
    """Somebody who got past the triggers."""
    trails.unguarded()


def first_bad(*seen: anchors.Anchor) -> tuple[int, str]:
    with pytest.raises(chains.ChainBroken) as found:
        chains.verify(seen)
    return found.value.number, str(found.value)


def anchor_of(number: int) -> anchors.Anchor:
    return anchors.Anchor(number, AuditEntry.objects.get(number=number).hash, "2026-03-01")


def test_a_sound_trail_is_read_in_seconds_and_little_memory() -> None:
    seen = [anchor_of(1), anchor_of(5000), anchor_of(5000), anchor_of(ROWS)]
    began = time.monotonic()
    assert chains.verify(seen) == ROWS
    assert time.monotonic() - began < 5
    tracemalloc.start()
    chains.verify()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25_000_000


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "at": lambda: {"at": F("at") + timedelta(microseconds=1)},
    "actor": lambda: {"actor": "mib"},
    "user": lambda: {"user": User.objects.create_user("eve")},
    "action": lambda: {"action": "decision.sejected"},
    "subject": lambda: {"subject": "decisioo"},
    "subject_id": lambda: {"subject_id": F("subject_id") + 1},
    "details": lambda: {"details": {"reason": "Too dear, the 6001th tima", "score": BAD / 7}},
    "details_figure": lambda: {"details": {"reason": "Too dear, the 6001th time", "score": 1e300}},
    "previous_hash": lambda: {"previous_hash": "0" * 64},
    "hash": lambda: {"hash": "0" * 64},
    "number": lambda: {"number": 2 * ROWS},
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_flipped_byte_is_found(forger: None, column: str) -> None:
    changed = CHANGES[column]()
    # Making a user leaves a row of its own.
    trails.change(BAD, **changed)
    number, sentence = first_bad()
    assert number == BAD
    assert f"Row {BAD} " in sentence


def test_a_removed_row_is_found(forger: None) -> None:
    AuditEntry.objects.filter(number=BAD).delete()
    assert first_bad() == (BAD, f"Row {BAD} is missing: row {BAD - 1} is followed by {BAD + 1}.")


def test_a_removed_row_is_found_when_the_gap_is_closed(forger: None) -> None:
    AuditEntry.objects.filter(number=BAD).delete()
    for row in AuditEntry.objects.filter(number__gt=BAD).order_by("number")[:3]:
        trails.change(row.number, number=row.number - 1)
    assert first_bad()[0] == BAD


def inserted(number: int) -> AuditEntry:
    """Rows from there on move up, and a forged one, rightly chained, takes the place."""
    AuditEntry.objects.filter(number__gte=number).update(number=F("number") + 2 * ROWS)
    AuditEntry.objects.filter(number__gt=2 * ROWS).update(number=F("number") - 2 * ROWS + 1)
    before = AuditEntry.objects.get(number=number - 1)
    forged = AuditEntry(
        number=number,
        at=before.at,
        actor="mia",
        action="decision.cleared",
        subject="decision",
        subject_id=7,
        previous_hash=before.hash,
    )
    forged.hash = forged.hash_after(before.hash)
    forged.save(force_insert=True)
    return forged


def test_an_inserted_row_is_found(forger: None) -> None:
    forged = inserted(BAD)
    number, sentence = first_bad()
    assert number == forged.number == BAD
    assert f"Row {BAD} was inserted" in sentence


def test_a_row_put_at_the_end_is_found(forger: None) -> None:
    inserted(ROWS + 1)
    assert first_bad()[0] == ROWS + 1


def test_swapped_rows_are_found(forger: None) -> None:
    other = BAD + 500
    trails.change(BAD, number=2 * ROWS)
    trails.change(other, number=BAD)
    trails.change(2 * ROWS, number=other)
    assert first_bad()[0] == BAD


def test_a_swap_of_what_two_rows_say_is_found(forger: None) -> None:
    one, two = (AuditEntry.objects.get(number=number) for number in (BAD, BAD + 1))
    trails.change(BAD, details=two.details)
    trails.change(BAD + 1, details=one.details)
    assert first_bad()[0] == BAD


def test_a_cut_tail_is_found(forger: None) -> None:
    seen = anchor_of(ROWS)
    AuditEntry.objects.filter(number__gt=BAD).delete()
    assert first_bad()[0] == BAD + 1, "the head tells, as long as it was forgotten"
    AuditHead.objects.update(number=BAD, hash=AuditEntry.objects.get(number=BAD).hash)
    assert chains.verify() == BAD, "then only an anchor tells"
    number, sentence = first_bad(seen)
    assert number == BAD + 1
    assert "the anchor of 2026-03-01 saw row 10000" in sentence


def test_a_trail_written_anew_is_found_by_the_anchor(forger: None) -> None:
    seen = [anchor_of(BAD - 1), anchor_of(BAD + 1)]
    trails.change(BAD, details={"reason": "Cheap"})
    trails.rechain(BAD)
    assert chains.verify() == ROWS
    number, sentence = first_bad(*seen)
    assert number == BAD + 1
    assert "written anew" in sentence


def test_anchors_that_go_back_show_that_rows_were_cut() -> None:
    assert first_bad(anchor_of(BAD), anchor_of(BAD - 10))[0] == BAD - 9


def test_without_its_head_a_trail_is_not_sound() -> None:
    AuditHead.objects.all().delete()
    assert first_bad()[0] == ROWS


def test_the_command_says_what_it_knows(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    call_command("audit", "anchor", str(file), stdout=io.StringIO())
    call_command("audit", "anchor", str(file), stdout=io.StringIO())
    assert len(file.read_text().splitlines()) == 2
    said = io.StringIO()
    call_command("audit", "verify", "--anchor", str(file), stdout=said)
    assert "sound: 10000 rows" in said.getvalue()
    call_command("audit", "verify", stdout=said)
    assert "only with an anchor" in said.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text("[]\n"),
        lambda file: file.write_text('{"number": true, "hash": "", "at": ""}\n'),
        lambda file: file.write_bytes(b"\xff\xfe"),
        lambda file: file.write_text("[" * 2000),
    ],
)
def test_an_anchor_file_that_cannot_be_read_proves_nothing(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    file = tmp_path / "anchors"
    file.touch()
    spoil(file)
    with pytest.raises(CommandError, match="anchors") as error:
        call_command("audit", "verify", "--anchor", str(file))
    assert error.value.returncode == 2


def test_the_command_names_the_row(forger: None) -> None:
    trails.change(BAD, actor="eve")
    with pytest.raises(CommandError, match="Row 6001 was changed") as error:
        call_command("audit", "verify")
    assert error.value.returncode == 1
