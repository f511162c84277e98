"""Texts say what the numbers say, as people write them."""

from __future__ import annotations

import re

import pytest

from negotiation.engine.formatting import (
    agreeing,
    amount,
    change,
    enough,
    inner,
    listed,
    number,
    quantity,
    spread,
)
from negotiation.engine.messages import Act
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import after, finished


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (62.04, "62"),
        (4.52, "4.52"),
        (0.03124, "0.0312"),
        (118.4, "118"),
        (8_412.3, "8,412"),
        (-4.5, "-4.5"),
        (float("nan"), "unknown"),
    ],
)
def test_numbers_have_three_digits_that_matter(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (41_250, "$ a month", "41.2 k$ a month"),
        (41_250, "USD/month", "41.2 k USD/month"),
        (2_500_000, "€", "2.5 M€"),
        (41_250, "ms", "41,250 ms"),
        (8_412, "$ a month", "8,412 $ a month"),
        ("eu-west", "", "eu-west"),
        (None, "ms", "unknown"),
    ],
)
def test_quantities_carry_their_unit(value: float | str | None, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


def test_two_figures_share_a_scale_and_can_be_told_apart() -> None:
    assert change(8_000, 69_000, "$") == ("8", "69 k$")
    assert change(118.01, 118.02, "ms") == ("118.01", "118.02 ms")


def test_a_limit_is_rounded_to_the_side_that_does() -> None:
    assert enough(43_241, up=True) == pytest.approx(43_300)
    assert enough(43_299, up=False) == pytest.approx(43_200)
    assert enough(-0.1234, up=True) == pytest.approx(-0.123)
    assert enough(0, up=True) == 0


def test_figures_with_doubt() -> None:
    assert spread(6_000, 600, "$ a month") == "6,000 ± 600 $ a month"
    assert spread(42, 0, "ms") == "42 ms"


def test_labels_keep_their_case_where_it_matters() -> None:
    assert [inner(label) for label in ("Monthly cost", "p95", "CO₂ emissions", "SLA")] == [
        "monthly cost",
        "p95",
        "CO₂ emissions",
        "SLA",
    ]


@pytest.mark.parametrize(
    ("label", "verb"),
    [
        ("Emissions", "fall"),
        ("Hours of outage", "fall"),
        ("p95", "falls"),
        ("Number of countries", "falls"),
        ("Loss", "falls"),
    ],
)
def test_verbs_agree_with_their_label(label: str, verb: str) -> None:
    assert agreeing(label, "falls", "fall") == verb


def test_lists_read_as_people_write_them() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]


def test_every_message_is_a_sentence_without_raw_values() -> None:
    for table in (service_table(), pie_table()):
        for message in finished(table).messages:
            assert message.text[0].isupper() or message.text[0].isdigit()
            assert message.text.endswith(".")
            assert "  " not in message.text
            assert not re.search(r"None|nan|\d\.\d{5}|[{}\[\]']", message.text)


def test_an_acceptance_names_its_price_in_units() -> None:
    session = finished(service_table())
    carbon = next(m for m in session.messages if m.act is Act.ACCEPT and m.sender == "carbon")
    worst = carbon.reasons[-1]
    assert worst.gain < 0
    assert worst.label == "Emissions"
    before, now = change(float(worst.before or 0), float(worst.after or 0), worst.unit)
    assert f"the emissions rise from {before} to {now} by my estimate" in carbon.text


def test_a_figure_is_called_an_estimate_only_if_a_belief_enters_it() -> None:
    session = finished(service_table())
    for message in session.messages:
        for reason in message.reasons:
            assert reason.estimated == (reason.subject in {"cost", "p95", "carbon", "outage"})
        if message.reasons and not any(reason.estimated for reason in message.reasons):
            assert "estimate" not in message.text


def test_a_revision_says_who_could_live_with_it() -> None:
    _, revision = after(service_table(), Act.REVISE)
    others = [seat for seat, yes in revision.votes.items() if yes and seat != revision.sender]
    assert others
    for seat in others:
        assert seat.capitalize() in revision.text


def test_evidence_is_told_with_its_source() -> None:
    _, answer = after(service_table(), Act.INFORM)
    assert answer.evidence is not None
    assert answer.evidence.source in answer.text
    assert answer.evidence.kind in answer.text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (7, "7"),
        (41_250, "41,250"),
        (10**15 - 1, "999,999,999,999,999"),
        (10**15, "about 1.0 · 10^15"),
    ],
)
def test_huge_amounts_are_told_by_their_length(count: int, text: str) -> None:
    assert amount(count) == text
