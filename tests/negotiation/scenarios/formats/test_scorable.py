"""Scorable games: scores, minimums, vetoes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.session import Session
from negotiation.scenarios import formats
from negotiation.scenarios.errors import ScenarioError
from tests.negotiation.scenarios.formats.written import (
    CONFIG,
    INSTRUCTIONS,
    SCORES,
    saved,
    scorable,
    utilities,
    utility,
)


def refusal(folder: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        formats.load([folder])
    (sentence,) = error.value.sentences
    return sentence


def test_utilities_are_scores_by_the_largest_possible(tmp_path: Path) -> None:
    table = formats.load([scorable(tmp_path)])

    assert utility(table, {"A": "A1", "B": "B2"}, 0) == pytest.approx((10 + 5) / 30)
    assert utility(table, {"A": "A2", "B": "B1"}, 1) == pytest.approx((30 + 10) / 50)
    assert utility(table, {"A": "A1", "B": "B3"}, 2) == pytest.approx(5 / 55)
    limits = [seat.preferences.reservation for seat in table.seats]
    assert limits == pytest.approx([12 / 30, 30 / 50, 15 / 55])


def test_p1_and_p2_hold_vetoes_and_names_are_read(tmp_path: Path) -> None:
    seats = formats.load([scorable(tmp_path)]).seats

    assert [seat.name for seat in seats] == ["harbour", "council", "ministry"]
    assert [seat.title for seat in seats] == ["Harbour", "Town council", "Ministry"]
    assert [seat.veto for seat in seats] == [True, False, True]


def test_a_minimum_is_reached_by_its_own_figure(tmp_path: Path) -> None:
    table = formats.load([scorable(tmp_path)])
    scores = utilities(table) * [30, 50, 55]
    enough = utilities(table) >= [seat.preferences.reservation - 1e-9 for seat in table.seats]

    assert (enough == (np.round(scores, 6) >= [12, 30, 15])).all()
    assert np.round(scores[:, 1]).tolist().count(30) == 1


def test_all_must_accept_unless_a_quorum_is_given(tmp_path: Path) -> None:
    folder = scorable(tmp_path, scores=SCORES | {"council": "0, 30\n10, 20, 0\n51"})

    assert isinstance(ended(folder), NoAgreement)
    assert isinstance(ended(folder, quorum=2), Agreement)
    assert formats.load([folder], quorum=2).dissent == 1


def ended(folder: Path, **settings: int) -> object:
    session = Session(formats.load([folder], **settings), seed=1)
    session.run()
    return session.ending


def test_an_unreachable_minimum_ends_without_agreement_and_names_the_party(tmp_path: Path) -> None:
    ending = ended(scorable(tmp_path, scores=SCORES | {"ministry": "5, 15\n40, 5, 0\n56"}))

    assert isinstance(ending, NoAgreement)
    assert [conflict.name for conflict in ending.conflicts] == ["ministry"]
    assert "Ministry" in ending.reason


def test_negative_scores_keep_the_order_and_the_minimum(tmp_path: Path) -> None:
    folder = scorable(tmp_path, scores=SCORES | {"harbour": "-10, 0\n0, 5, -20\n-15"})
    game = formats.read([folder])
    table = formats.load([folder])
    own = [game.scales["harbour"].points(each) for each in utilities(table)[:, 0]]

    assert own == pytest.approx([-10, -5, -30, 0, 5, -20])
    limit = table.seats[0].preferences.reservation
    assert game.scales["harbour"].points(limit) == pytest.approx(-15)


def test_a_minimum_below_every_score_is_none(tmp_path: Path) -> None:
    folder = scorable(tmp_path, scores=SCORES | {"harbour": "10, 0\n0, 5, 20\n-4"})

    assert formats.load([folder]).seats[0].preferences.reservation == 0


def test_words_are_taken_from_the_instructions(tmp_path: Path) -> None:
    depth, payment = formats.load([scorable(tmp_path)]).space.issues

    assert (depth.label, payment.label) == ("Depth", "Payment")
    assert depth.labels == {"A1": "deep", "A2": "shallow"}
    assert payment.labels == {
        "B1": '"Harbour" pays $3 million',
        "B2": "shared",
        "B3": "nobody pays",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("B3: nobody pays.\n", ""),
        ("B3: nobody pays.", "B3: nobody pays.\nB4: a fourth."),
        ("B3: nobody pays.", 'B3 "shared"'),
        ("B3: nobody pays.", f"B3: {'long ' * 20}"),
        ("B3: nobody pays.", "B3"),
    ],
)
def test_words_that_are_not_certain_are_left_out(tmp_path: Path, before: str, after: str) -> None:
    folder = scorable(tmp_path, instructions=INSTRUCTIONS.replace(before, after))
    depth, payment = formats.load([folder]).space.issues

    assert depth.labels
    assert payment.labels == {}
    assert payment.options == ("B1", "B2", "B3")


def test_without_instructions_issues_have_letters(tmp_path: Path) -> None:
    space = formats.load([scorable(tmp_path, instructions="")]).space

    assert [issue.label for issue in space.issues] == ["Issue A", "Issue B"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        (CONFIG.replace(",p2,", ",p1,"), "two parties have the same role"),
        (CONFIG.replace(",p2,", ",judge,"), "the role 'judge' is not known"),
        ("Harbour", "line 1: a party needs a name, a file and a role"),
        (CONFIG.replace("council,p", "../council,p"), "'../council' is no name of a file"),
        (CONFIG.replace("council,p", "/etc/passwd,p"), "'/etc/passwd' is no name of a file"),
        (CONFIG.replace("council,p", "..,p"), "'..' is no name of a file"),
        (CONFIG.replace("council,p", "a\\b,p"), "is no name of a file"),
        (CONFIG.replace("council,p", "nobody,p"), "nobody.txt, the file cannot be read"),
        (CONFIG.replace("council,p", "a\0b,p"), "is no name of a file"),
    ],
)
def test_what_is_wrong_with_the_config_is_named(tmp_path: Path, config: str, said: str) -> None:
    assert said in refusal(scorable(tmp_path, config))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0, 30\n30", "council.txt, there are 1 issues, in "),
        ("0, 30\n10, 20\n30", "issue B has 2 options"),
        ("0, 30\n10, twenty, 0\n30", "line 2: score 2 is 'twenty', which is no number"),
        ("0, 30\n10, , 0\n30", "line 2: score 2 is '', which is no number"),
        ("0, 30\n10, nan, 0\n30", "which is no number"),
        ("0, 30\n10, 1e999, 0\n30", "score 2 is too large to count with"),
        ("0, 30\n10, 20, 0\nthirty", "line 3: the minimum is 'thirty'"),
        ("0, 30\n10, 20, 0", "the minimum is '10, 20, 0'"),
        ("0, 0\n0, 0, 0\n0", "every deal has the same score"),
        ("", "there are too few lines"),
    ],
)
def test_what_is_wrong_with_scores_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(scorable(tmp_path, scores=SCORES | {"council": text}))


def test_scores_outside_of_the_folder_are_not_read(tmp_path: Path) -> None:
    secret = saved(tmp_path / "secret.txt", SCORES["council"])
    folder = scorable(tmp_path / "game")
    (folder / "scores_files" / "council.txt").unlink()
    (folder / "scores_files" / "council.txt").symlink_to(secret)

    assert "'council' lies elsewhere" in refusal(folder)


def test_missing_files_are_named(tmp_path: Path) -> None:
    folder = scorable(tmp_path)
    (folder / "config.txt").unlink()

    assert "config.txt, the file cannot be read" in refusal(folder)
