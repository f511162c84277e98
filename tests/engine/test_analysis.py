from __future__ import annotations

import json
from dataclasses import replace
from math import dist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.engine import domains
from negotiation.engine.analysis import summarise, summarise_at
from negotiation.engine.concessions import Step
from negotiation.engine.frontier import frontier_within, pareto_frontier, undominated
from negotiation.engine.policy import Policy, judge
from negotiation.engine.risk import Risk
from negotiation.engine.session import Session
from negotiation.engine.solutions import solution_points
from negotiation.engine.space import FloatArray, NotInSpace
from negotiation.engine.strategies import BOULWARE
from negotiation.engine.table import BreaksConstraint
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished, worth


def by_comparing_all(utilities: FloatArray) -> list[int]:
    return [
        row
        for row, own in enumerate(utilities)
        if not ((utilities >= own).all(axis=1) & (utilities > own).any(axis=1)).any()
    ]


@given(
    st.integers(0, 2**32),
    st.integers(0, 300),
    st.integers(1, 20),
    st.sampled_from([1, 3, 10, 10**6, 10**16]),
)
def test_the_frontier_is_what_comparing_all_pairs_finds(
    draw: int, offers: int, seats: int, levels: int
) -> None:
    rng = np.random.default_rng(draw)
    utilities = rng.integers(0, levels, (offers, seats), endpoint=True) / levels
    expected = by_comparing_all(utilities)
    assert pareto_frontier(utilities).tolist() == expected
    assert [row for row in range(offers) if undominated(utilities, row)] == expected


def test_a_search_that_is_stopped_has_found_the_largest_sums_of_the_frontier() -> None:
    rng = np.random.default_rng(2)
    utilities = rng.dirichlet(np.ones(8), 5_000) - 0.02 * (rng.random(5_000) < 0.5)[:, None]
    everything = pareto_frontier(utilities)
    some = frontier_within(utilities, comparisons=4e6)
    assert frontier_within(utilities, comparisons=4e7).complete
    assert not some.complete
    assert 0 < len(some.rows) < len(everything)
    assert set(some.rows.tolist()) < set(everything.tolist())
    missed = np.setdiff1d(everything, some.rows)
    assert utilities[missed].sum(axis=1).max() <= utilities[some.rows].sum(axis=1).min() + 1e-9


def test_a_frontier_of_many_blocks_is_exact() -> None:
    rng = np.random.default_rng(1)
    utilities = rng.dirichlet(np.ones(4), 5_000).round(3)
    utilities[::7] -= 0.01
    assert pareto_frontier(utilities).tolist() == by_comparing_all(utilities)


def test_differences_that_a_sum_cannot_show_still_dominate() -> None:
    tiny = np.array([[1.0, 1e-17], [1.0, 2e-17], [1.0, 0.0]])
    assert pareto_frontier(tiny).tolist() == [1]


def test_solution_points_of_a_small_game() -> None:
    utilities = np.array([[1.0, 0.0], [0.9, 0.3], [0.6, 0.5], [0.4, 0.6], [0.0, 1.0]])
    points = solution_points(utilities, np.array([0.0, 0.0]))
    assert (points.nash, points.kalai, points.kalai_smorodinsky) == (2, 2, 2)
    assert points.utilitarian == 1


def test_kalai_smorodinsky_counts_shares_and_kalai_amounts() -> None:
    utilities = np.array([[1.0, 0.1], [0.5, 0.25], [0.3, 0.28], [0.0, 0.5]])
    points = solution_points(utilities, np.zeros(2))
    assert points.kalai == 2
    assert points.kalai_smorodinsky == 1


def test_the_ideal_of_kalai_smorodinsky_leaves_out_offers_below_a_limit() -> None:
    utilities = np.array([[1.0, 0.1], [0.6, 0.3], [0.5, 0.45], [0.4, 0.5]])
    assert solution_points(utilities, np.array([0.3, 0.2])).kalai_smorodinsky == 2
    utilities[0] = [50.0, 0.1]
    assert solution_points(utilities, np.array([0.3, 0.2])).kalai_smorodinsky == 2


def test_without_an_offer_above_all_limits_there_are_no_points() -> None:
    assert solution_points(np.array([[1.0, 0.0]]), np.array([0.5, 0.5])).nash is None


def test_the_summary_of_an_agreement() -> None:
    session = finished(service_table())
    summary = summarise(session)
    assert summary.agreement is not None
    assert summary.utilities == worth(session, summary.agreement)
    assert summary.pareto is True
    assert summary.nash_ratio is not None
    assert 0.98 <= summary.nash_ratio <= 1
    assert summary.confidence == min(summary.confidences.values())
    assert summary.rounds == sum(
        message.act in {"propose", "revise", "mediate"} for message in session.messages
    )
    assert summary.frontier_size <= summary.lawful_size <= summary.total_size == 4_800


def test_alternatives_are_near_and_above_every_limit() -> None:
    summary = summarise(finished(service_table()))
    assert 1 <= len(summary.alternatives) <= 5
    changes = [len(alternative.changed) for alternative in summary.alternatives]
    assert changes == sorted(changes)
    for alternative in summary.alternatives:
        assert alternative.changed
        for seat, utility in alternative.utilities.items():
            assert utility >= summary.reservations[seat] - 1e-9


def test_a_summary_of_too_large_a_frontier_says_at_least_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = finished(service_table(types=40))
    exact = summarise(session)
    monkeypatch.setattr(domains, "COMPARISONS", 0)
    bounded = summarise(session)
    assert (exact.frontier_complete, bounded.frontier_complete) == (True, False)
    assert 0 < bounded.frontier_size < exact.frontier_size
    assert bounded.pareto is exact.pareto is True
    assert len(bounded.alternatives) == 5


@pytest.mark.parametrize("said", [0, 3])
def test_a_running_negotiation_has_a_summary_without_an_agreement(said: int) -> None:
    session = Session(pie_table(), seed=1)
    for _ in range(said):
        message = session.next()
        assert message is not None
        session.apply(message)
    summary = summarise(session)
    assert (summary.agreement, summary.pareto, summary.rounds) == (None, None, said)
    assert summary.nash_offer == {"share": 50}


def test_a_summary_says_who_conceded_and_how_far_the_agreement_is_from_the_best() -> None:
    session = finished(pie_table(strategy=BOULWARE))
    summary = summarise(session)
    assert summary.distances is not None
    assert summary.distances.frontier == 0
    assert summary.distances.nash == pytest.approx(
        dist(summary.utilities.values(), worth(session, {"share": 50}).values())
    )
    assert summary.opposition is not None
    for told in summary.concessions.values():
        assert 0 < told.conceded < 1
        assert told.steps[Step.SELFISH] == 0
        assert told.offers > 1


def test_a_summary_is_plain_json() -> None:
    text = json.dumps(summarise(finished(service_table())).to_dict(), allow_nan=False)
    assert json.loads(text)["pareto"] is True


def test_a_person_may_decide_on_any_lawful_offer_of_a_finished_table() -> None:
    session = finished(pie_table())
    agreed, at_the_end = session.ending, summarise(session)
    lopsided = summarise_at(session, {"share": 90})
    assert (lopsided.agreement, lopsided.by, lopsided.below) == ({"share": 90}, "person", ("ben",))
    assert lopsided.utilities == pytest.approx({"anna": 0.9, "ben": 0.1})
    assert lopsided.surplus["ben"] < 0
    assert lopsided.nash_ratio == pytest.approx(0.0, abs=1e-4)
    assert lopsided.confidence == 0.0
    assert session.ending is agreed
    assert at_the_end.agreement is not None
    same = summarise_at(session, at_the_end.agreement)
    assert (same.by, same.below) == ("person", ())
    assert replace(same, by="consent") == at_the_end


def test_what_a_person_decides_on_is_an_offer_and_lawful() -> None:
    session = finished(service_table())
    agreed = summarise(session).agreement
    assert agreed is not None
    with pytest.raises(BreaksConstraint, match="Data stays in the European Union"):
        summarise_at(session, {**agreed, "region": "us-east"})
    with pytest.raises(NotInSpace, match="not an option of region"):
        summarise_at(session, {**agreed, "region": "the moon"})
    with pytest.raises(NotInSpace, match="names exactly these issues"):
        summarise_at(session, {"region": "eu-west"})


def test_what_a_person_decided_on_goes_to_people_and_says_whose_limit_it_passes_over() -> None:
    summary = summarise_at(finished(pie_table()), {"share": 90})
    judged = judge(
        Policy(minimum_confidence=0),
        risk=Risk(1, 1, ()),
        values={},
        confidence=summary.confidence,
        by=summary.by,
        below=summary.below,
    )
    (finding,) = judged.findings
    assert (judged.route, finding.rule, finding.measured) == ("review", "imposed", "person")
    assert finding.text == "A person decided this, not the seats. It is below the limit of ben."
