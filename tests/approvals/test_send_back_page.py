"""The page on which a reviewer says what the seats have to keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from approvals.models import Review
from negotiation import wishes
from negotiation.engine.requirements import Requirement
from negotiation.models import Decision
from tests.approvals import scenes
from tests.negotiation.scenarios.small import changed

pytestmark = pytest.mark.django_db
KEY = "a-key-of-this-form"


@pytest.fixture
def parked() -> Decision:
    return scenes.agreed(scenes.version())


def page(decision: Decision, *requirements: Requirement) -> str:
    query = wishes.link(requirements)
    return reverse("approval-send-back", args=[decision.pk]) + (f"?{query}" if query else "")


def filled(decision: Decision, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the form as it is served, with `changes`."""
    rows = {
        f"keep:{wish.name}": [choice.value for choice in wish.choices]
        for wish in wishes.rows(decision)
        if wish.choices
    }
    seen = {"seen": decision.tag, "key": KEY, "rows": "1", "reason": "Not there, please."}
    return {**rows, **seen, **changes}


def region_of(decision: Decision) -> str:
    return str(decision.negotiation.agreed_offer["region"])


def test_the_form_sends_the_decision_back_and_shows_the_table(
    parked: Decision, manager_client: Client
) -> None:
    others = [o for o in ("europe-west3", "europe-west1", "europe-west9") if o != region_of(parked)]
    answer = manager_client.post(page(parked), filled(parked, **{"keep:region": others}))
    assert answer.status_code == 302
    assert answer.url == reverse("negotiation", args=[parked.negotiation_id])  # type: ignore[attr-defined]
    review = Review.objects.get()
    assert [(each["subject"], each["test"]) for each in review.requirements] == [
        ("region", "not_in")
    ]
    assert review.requirements[0]["limit"] == [region_of(parked)]
    shown = manager_client.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "Not there, please." in shown
    assert "Running" in shown
    card = manager_client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert "the seats are talking again" in card


def test_figures_are_read_as_people_write_them(parked: Decision, manager_client: Client) -> None:
    agreed = json.loads(parked.package)["effects"]["monthly_cost"]["value"]
    cost = {"most:monthly_cost": f"{(agreed - 1) / 1000:.12f}k", "least:monthly_cost": "1"}
    assert manager_client.post(page(parked), filled(parked, **cost)).status_code == 302
    asked = {each["test"]: each["limit"] for each in Review.objects.get().requirements}
    assert asked == {"at_least": 1.0, "at_most": pytest.approx(agreed - 1)}


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("40000", "", 40_000),
        ("40,000.5", "", 40_000.5),
        (" $40k ", "$ a month", 40_000),
        ("1.5 M", "", 1_500_000),
        ("12 %", "%", 12),
        ("62 ms", "ms", 62),
        ("-3", "", -3),
        ("4\u202f000", "", None),
        ("3,5", "", None),
        ("much", "", None),
        ("1e400", "", None),
        ("", "", None),
        ("nan", "", None),
    ],
)
def test_a_number_is_a_number(text: str, unit: str, figure: float | None) -> None:
    assert wishes.number(text, unit) == figure


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"keep:region": []}, "Leave at least one option."),
        ({"keep:region": ["the-moon"]}, "Leave at least one option."),
        ({"keep:region": ["europe-west3", "the-moon"]}, "no option here"),
        ({"most:monthly_cost": "cheap"}, "Write a number"),
        ({"most:monthly_cost": "1", "least:monthly_cost": "2"}, "nothing is both"),
        ({"reason": ""}, "Say why, in a few words."),
        ({}, "Say at least one thing"),
        ({"most:monthly_cost": "1000000"}, "keeps all of this already"),
        ({"most:monthly_cost": "1"}, "No lawful offer keeps all of this"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    parked: Decision, manager_client: Client, changes: dict[str, Any], sentence: str
) -> None:
    typed = {"reason": "Because of <b>this</b>", "least:strain": "7.25"}
    sent = filled(parked, **(typed if changes else {"reason": typed["reason"]}) | changes)
    answer = manager_client.post(page(parked), sent)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert "Not sent." in shown
    assert ("7.25" in shown) == bool(changes)
    assert ("Because of &lt;b&gt;this&lt;/b&gt;" in shown) == ("reason" not in changes)
    assert Decision.objects.get().status == "parked"


def test_a_link_brings_what_to_ask_for(parked: Decision, manager_client: Client) -> None:
    shown = manager_client.get(
        page(
            parked,
            Requirement(subject="region", test="equals", limit="europe-west1"),
            Requirement(subject="share", test="at_most", limit=50),
            Requirement(subject="monthly_cost", test="at_most", limit=180.5),
        )
        + "&require=nonsense&require=charm:at_most:3&require=region:nearly:x"
    )
    assert shown.status_code == 200
    found = {wish.name: wish for wish in shown.context["wishes"]}
    assert [each.value for each in found["region"].choices if each.kept] == ["europe-west1"]
    assert [each.value for each in found["share"].choices if each.kept] == ["0", "50"]
    assert (found["monthly_cost"].most, found["monthly_cost"].least) == ("180.5", "")
    assert [wish.name for wish in found.values() if wish.changed] == [
        "region",
        "share",
        "monthly_cost",
    ]


def test_a_program_may_send_what_a_link_says(parked: Decision, manager_client: Client) -> None:
    other = f"region:not_in:{region_of(parked)}"
    answer = manager_client.post(
        page(parked),
        {"reason": "Not there", "require": [other]},
        headers={"If-Match": f'"{parked.tag}"', "Idempotency-Key": KEY},
    )
    assert answer.status_code == 302
    assert Review.objects.get().requirements[0]["limit"] == [region_of(parked)]


def test_a_call_without_what_it_saw_is_told_what_to_send(
    parked: Decision, manager_client: Client
) -> None:
    answer = manager_client.post(page(parked), filled(parked, seen=""))
    assert answer.status_code == 428
    assert manager_client.post(page(parked), filled(parked, seen="junk")).status_code == 400
    assert Decision.objects.get().status == "parked"


def test_whoever_comes_second_is_told_and_keeps_what_was_typed(
    parked: Decision, manager_client: Client, manager: User
) -> None:
    scenes.reject(parked, manager)
    cost = {"most:monthly_cost": "200"}
    answer = manager_client.post(page(parked), filled(parked, key="another-key", **cost))
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "rejected this" in shown
    assert "<dt>Why</dt><dd>Not there, please.</dd>" in shown
    assert "<dd>at most 200</dd>" in shown
    assert "nothing to send back" in shown


def test_pages_of_what_cannot_be_sent_back_offer_no_form(
    parked: Decision, manager_client: Client
) -> None:
    Decision.objects.filter(pk=parked.pk).update(sent_back=2)
    shown = manager_client.get(page(parked)).content.decode()
    assert "sent back twice already" in shown
    assert '<form method="post" class="stack"' not in shown
    card = manager_client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert page(parked) not in card


def test_only_managers_send_back(
    parked: Decision, operator_client: Client, client: Client, manager_client: Client
) -> None:
    for verb in ("get", "post"):
        assert getattr(operator_client, verb)(page(parked)).status_code == 403
        assert getattr(client, verb)(page(parked)).status_code == 302
    assert manager_client.get(reverse("approval-send-back", args=[99_999_999])).status_code == 404
    assert manager_client.put(page(parked)).status_code == 405


def test_the_floor_counts_a_table_that_talks_again_among_those_that_run(
    parked: Decision, manager_client: Client
) -> None:
    cost = {"most:monthly_cost": "150"}
    assert manager_client.post(page(parked), filled(parked, **cost)).status_code == 302
    chips = manager_client.get(reverse("floor")).context["chips"]
    assert {chip.key: chip.n for chip in chips if chip.n} == {"running": 1}
    shown = manager_client.get(reverse("floor") + "?state=running").context
    assert [row["state"] for row in shown["rows"]] == ["running"]
    assert not manager_client.get(reverse("floor") + "?state=parked").context["rows"]


def test_what_the_seats_cannot_live_with_is_sent_only_if_it_is_asked_for_again(
    manager_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SMALL", changed("seats.0.reservation", 0.6))
    parked = scenes.agreed(scenes.version())
    dear = {"keep:share": ["0"], "keep:machine": ["t2d-standard-8"]}
    answer = manager_client.post(page(parked), filled(parked, **dear))
    assert answer.status_code == 422
    assert "reaches the limit of Cost" in answer.content.decode()
    sure = answer.context["sure"]
    other = {**dear, "keep:region": ["europe-west1"], "sure": sure}
    assert manager_client.post(page(parked), filled(parked, **other)).status_code == 422
    assert Decision.objects.get().status == "parked"
    again = manager_client.post(page(parked), filled(parked, **dear, sure=sure))
    assert again.status_code == 302
    assert Decision.objects.get().status == "sent_back"
