from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scenarios import documents, policies
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.merges import merged
from negotiation.scenarios.policies import load_policy, policy_hash, policy_of, policy_yaml
from negotiation.scenarios.writings import as_yaml
from tests.negotiation.policies.documents import (
    SHIPPED,
    changed,
    plain,
    with_policies,
)
from tests.negotiation.policies.documents import (
    policies as random_policies,
)


@pytest.mark.parametrize("name", ["cloud-placement", "batch-placement"])
def test_a_policy_is_taken_out_and_put_back_exactly(name: str) -> None:
    document = load_named(name)
    assert policies.with_policy(document, policy_of(document)) == document


@settings(max_examples=60, deadline=None)
@given(mine=random_policies(), other=random_policies())
def test_any_policy_is_carried_by_any_scenario_and_by_yaml(
    mine: dict[str, Any], other: dict[str, Any]
) -> None:
    document, there = with_policies(mine), with_policies(other)
    policy = policy_of(document)
    assert policies.with_policy(there, policy) == document
    assert policy_of(policies.with_policy(there, policy)) == policy
    assert load_policy(policy_yaml(policy), document=there, source="x") == document
    assert policy_hash(policy_of(document)) == policy_hash(policy)


def test_the_hash_is_of_the_policy_and_of_nothing_else() -> None:
    known = policy_hash(policy_of(SHIPPED))
    assert policy_hash(policy_of(changed("seats.0.objectives.0.weight", 0.77))) == known
    assert policy_hash(policy_of(changed("policy.audit_share", 0.06))) != known
    assert policy_hash(policy_of(changed("parameters.budget", 11_000))) != known


@settings(max_examples=200, deadline=None)
@given(
    data=st.dictionaries(
        st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=8),
        st.recursive(
            st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
            | st.sampled_from(["1e5", "no", "0o7", "007", "~", "null", "2026-01-01", "12:30", "="])
            | st.integers(-(2**53), 2**53)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.booleans()
            | st.none(),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=6,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_as_yaml_is_read_as_it_was(data: dict[str, Any]) -> None:
    if "<<" in data:
        return
    assert documents.parse(as_yaml(data), source="x").data == data


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("review_from: 35", "review_from: high"), "policy.review_from"),
        (("vetoes: [compliance]", "vetoes: [complaince]"), "did you mean 'compliance'?"),
        (("dissent: 0", "dissent: 6"), "leave at least one"),
        (("people: 2", "peple: 2"), "did you mean 'people'?"),
        (("  budget: 12000", "  budgt: 12000"), "no hard rule has 'budgt'"),
        (("refuse_from: 90", "refuse_from: 10"), "is not above review_from"),
    ],
)
def test_what_is_wrong_in_the_yaml_is_told_with_its_line(wrong: tuple[str, str], said: str) -> None:
    text = policy_yaml(policy_of(SHIPPED)).replace(*wrong, 1)
    with pytest.raises(ScenarioError) as refusal:
        load_policy(text, document=SHIPPED, source="The policy")
    told = [problem for problem in refusal.value.problems if said in problem.sentence]
    (line,) = [problem.line for problem in told]
    assert line
    assert wrong[1] in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "&a [*a]",
        "a: &a [1]\nb: *a",
        "\0",
        "{" * 5000,
        "policy: !!python/none x",
        "x" * 2_000_000,
    ],
)
def test_hostile_yaml_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ScenarioError):
        load_policy(text, document=SHIPPED, source="The policy")


def test_two_edits_of_different_places_are_put_together() -> None:
    base, mine, theirs = plain(), plain(), plain()
    mine["policy"]["review_from"] = 30
    mine["policy"]["gates"].pop(0)
    theirs["policy"]["refuse_from"] = 80
    theirs["policy"]["gates"][1]["people"] = 2
    theirs["policy"]["gates"].append({"name": "new", "text": "New", "subject": "x", "above": 1})
    both = merged(base, mine, theirs)
    assert (both["policy"]["review_from"], both["policy"]["refuse_from"]) == (30, 80)
    names = [gate["name"] for gate in both["policy"]["gates"]]
    assert names == [gate["name"] for gate in theirs["policy"]["gates"][1:]]
    assert both["policy"]["gates"][0]["people"] == 2


def test_where_both_changed_one_place_mine_stays() -> None:
    base, mine, theirs = plain(), plain(), plain()
    mine["policy"]["review_from"], theirs["policy"]["review_from"] = 30, 40
    assert merged(base, mine, theirs)["policy"]["review_from"] == 30
