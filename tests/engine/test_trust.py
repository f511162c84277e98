"""How far a claim is believed: rises with what turned out right, and every factor can be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine.trust import (
    BASE,
    DECAY,
    PRIOR,
    Record,
    Settled,
    Stated,
    brier,
    calibration,
    deviation,
    is_right,
    trust,
)

classes = st.sampled_from(["none", "resolvable", "signed", "attested"])
shares = st.floats(0, 1)


@st.composite
def records(draw: st.DrawFn) -> Record:
    reports = draw(st.integers(0, 12))
    numbers = st.integers(0, max(reports - 1, 0))
    claims = st.builds(
        lambda report, right, e, twice: Settled(report, right, e, 1 if right else 1 + twice),
        numbers,
        st.booleans(),
        classes,
        st.booleans(),
    )
    return Record(
        identity=draw(st.sampled_from(sorted(BASE))),
        reports=reports,
        claims=draw(st.lists(claims, max_size=12)) if reports else [],
        stated=draw(st.lists(st.builds(Stated, shares, st.booleans()), max_size=20)),
        violations=draw(st.lists(numbers, max_size=3)) if reports else [],
    )


def test_whoever_has_no_past_is_believed_as_their_identity_says() -> None:
    for identity, base in BASE.items():
        assert trust(Record(identity=identity)).believability == pytest.approx(base)


def test_the_figures_are_those_of_the_formula() -> None:
    record = Record(reports=2, claims=[Settled(0, True), Settled(1, False, weight=2)])
    found = trust(record)
    r, s = DECAY, 2.0
    history = (r + 0.5 * PRIOR) / (r + s + PRIOR)
    assert found.history == pytest.approx(history)
    assert found.believability == pytest.approx((r + history * PRIOR) / (r + s + PRIOR))


@given(records(), classes, st.none() | shares, st.booleans())
def test_belief_is_a_share(record: Record, e: str, stated: float | None, cautious: bool) -> None:
    found = trust(record, provenance=e, stated=stated, cautious=cautious)  # type: ignore[arg-type]
    for value in (found.believability, found.history, found.of_class, *found.without().values()):
        assert -1e-12 <= value <= 1 + 1e-12


@given(records(), classes)
def test_a_right_claim_more_is_never_believed_less_and_a_wrong_one_never_more(
    record: Record, e: str
) -> None:
    before = trust(record, provenance=e).believability  # type: ignore[arg-type]
    last = max(record.reports - 1, 0)
    known = replace(record, reports=max(record.reports, 1))

    def after(right: bool) -> float:
        more = [*record.claims, Settled(last, right, e)]  # type: ignore[arg-type]
        return trust(replace(known, claims=more), provenance=e).believability  # type: ignore[arg-type]

    assert after(True) >= before - 1e-12
    assert after(False) <= before + 1e-12


@given(records())
def test_violations_never_help(record: Record) -> None:
    broke = replace(record, reports=max(record.reports, 1), violations=[*record.violations, 0])
    assert trust(broke).believability <= trust(record).believability + 1e-12


@given(records(), classes)
def test_caution_never_believes_more_than_the_mean_where_good_prevails(
    record: Record, e: str
) -> None:
    usual = trust(record, provenance=e)  # type: ignore[arg-type]
    careful = replace(usual, cautious=True)
    assert careful.of_class <= max(usual.of_class, 0.5) + 1e-9


@given(records())
def test_the_order_within_a_report_does_not_matter(record: Record) -> None:
    turned = replace(record, claims=tuple(reversed(record.claims)))
    assert trust(turned).believability == pytest.approx(trust(record).believability)


@given(st.lists(st.builds(Stated, shares, st.booleans())))
def test_what_stated_confidences_weigh_is_a_share_below_one(stated: list[Stated]) -> None:
    assert 0 <= calibration(stated) < 1


def test_who_always_states_the_same_says_nothing_and_who_knows_says_much() -> None:
    coin = [Stated(0.5, number % 2 == 0) for number in range(100)]
    oracle = [Stated(float(number % 2), number % 2 == 1) for number in range(100)]
    liar = [Stated(float(number % 2), number % 2 == 0) for number in range(100)]
    assert calibration(coin) == pytest.approx(0)
    assert calibration(oracle) == pytest.approx(100 / 115)
    assert calibration(liar) == 0
    assert (brier(oracle), brier(liar), brier([])) == (0, 1, None)


@pytest.mark.parametrize(
    ("claimed", "sd", "measured", "right"),
    [(6, 0.6, 7.2, True), (6, 0.6, 7.3, False), (6, 0, 6, True), (6, 0, 6.1, False),
     (1, 1, -2, False)],
)  # fmt: skip
def test_right_is_within_two_standard_deviations(
    claimed: float, sd: float, measured: float, right: bool
) -> None:
    assert is_right(deviation(claimed, sd, measured)) is right
