from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from negotiation import windows
from negotiation.engine.messages import Act, Change, Evidence, Question, Reason
from negotiation.models import Message, Negotiation
from negotiation.presentation import message_context
from negotiation.services import runs, sessions
from negotiation.side_panels import side_context
from tests import factories

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
OFFER = {
    "failover_region": "none",
    "machine_type": "n2-standard-8",
    "purchase_model": "one_year",
    "region": "europe-west3",
    "spot_share": 25,
}


def say(table: Negotiation, seq: int, **fields: Any) -> Message:
    move = factories.move(seq, **fields)
    table.head = seq
    table.save()
    return factories.message(
        table, seq, sender=move.sender, act=move.act, text=move.text, body=move.to_dict()
    )


def page_of(client: Client, table: Negotiation) -> str:
    answer = client.get(reverse("negotiation", args=[table.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def card_of(table: Negotiation, message: Message) -> str:
    return render_to_string("negotiation/_message.html", message_context(table, message))


def test_the_page_prints_everything_that_was_said_in_order(operator_client: Client) -> None:
    table = factories.negotiation()
    for seq in (1, 2, 3):
        say(table, seq, text=f"Words number {seq}")
    page = page_of(operator_client, table)
    places = [page.index(f"Words number {seq}") for seq in (1, 2, 3)]
    assert places == sorted(places)
    assert 'data-last="3"' in page


def test_of_a_long_talk_only_the_newest_are_read_and_all_offers_stand(
    operator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "SHOWN", 3)
    table = factories.negotiation()
    say(table, 1, sender="carbon", act=Act.PROPOSE, offer=OFFER)
    for seq in range(2, 12):
        say(table, seq, text=f"Words number {seq}")
    with CaptureQueriesContext(connection) as asked:
        answer = operator_client.get(reverse("negotiation", args=[table.pk]))
    assert [item["message"].seq for item in answer.context["items"]] == [9, 10, 11]
    assert answer.context["older"]
    assert not answer.context["newer"]
    assert [item["seq"] for item in answer.context["standing"]] == [1]
    read = [
        query["sql"] for query in asked.captured_queries if '"negotiation_message"' in query["sql"]
    ]
    assert read
    needed = ("LIMIT 4", "offer", "GROUP BY", "'intervene'")
    assert all(any(part in sql for part in needed) for sql in read)


def test_a_card_has_one_root_with_its_number() -> None:
    table = factories.negotiation()
    card = card_of(table, say(table, 12)).strip()
    assert card.startswith('<li id="m12"')
    assert 'data-seq="12"' in card
    assert card.endswith("</li>")
    assert card.count("<li id=") == 1


def test_an_offer_reads_in_the_words_and_the_order_of_the_scenario() -> None:
    table = factories.negotiation()
    changed = (Change(issue="spot_share", before=50, after=25),)
    said = say(table, 1, act=Act.REVISE, offer=OFFER, changed=changed)
    terms = message_context(table, said)["terms"]
    assert [term.issue for term in terms][:2] == ["Region", "Machine type"]
    assert terms[0].option == "Frankfurt (Germany)"
    assert [term.before for term in terms if term.before] == ["50 %"]
    assert "one-year commitment" in card_of(table, said)


def test_reasons_are_marked_as_gain_or_loss_with_their_units() -> None:
    table = factories.negotiation()
    reasons = (
        Reason(subject="cost", label="Monthly cost", unit="USD", before=900, after=800, gain=0.1),
        Reason(subject="rtt", label="Round trip", unit="ms", before=None, after=12, gain=-0.2),
    )
    card = card_of(table, say(table, 1, reasons=reasons))
    assert '<li class="gain">' in card
    assert '<li class="loss">' in card
    assert "800 USD" in card
    assert "unknown" not in card, "an unknown figure before is left out, not invented"


def test_a_reason_about_an_issue_or_a_level_reads_in_words() -> None:
    table = factories.negotiation()
    machine = Reason(
        subject="machine_type",
        label="Machine type",
        unit="",
        before="n2-standard-8",
        after="c3-standard-8",
        gain=0.1,
    )
    standby = Reason(
        subject="standby_level", label="Standby", unit="", before=0.0, after=2.0, gain=0.1
    )
    shown = message_context(table, say(table, 1, reasons=(machine, standby)))["reasons"]
    assert [(one["before"], one["after"]) for one in shown] == [
        ("N2 machines", "C3 machines"),
        ("none", "another country"),
    ]


def test_evidence_and_questions_have_units() -> None:
    table = factories.negotiation()
    claim = Evidence(fact="egress", mean=6.4, sd=0.4, source="A bill", root="r")
    asked = Question(fact="egress", to="cost", assumed_mean=8, assumed_sd=3, value=0.1)
    told = message_context(table, say(table, 1, act=Act.INFORM, evidence=claim))["evidence"]
    question = message_context(table, say(table, 2, act=Act.ASK, question=asked))["question"]
    assert told["value"] == "6.4 ± 0.4 TB/month"
    assert question["assumed"] == "8 ± 3 TB/month"


def test_the_mediators_confidence_is_that_of_the_least_sure_seat() -> None:
    table = factories.negotiation()
    own = card_of(table, say(table, 1, confidence=0.9))
    least = card_of(table, say(table, 2, sender="mediator", act=Act.MEDIATE, confidence=0.9))
    assert "its own limit" in own
    assert "its own limit" not in least
    assert "the least sure seat" in least


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    table = factories.negotiation()
    evidence = Evidence(fact="x", mean=1, sd=1, source="A source", root="r", url=url)
    card = card_of(table, say(table, 1, act=Act.INFORM, evidence=evidence))
    assert "A source" in card
    assert url not in card


def test_hostile_text_is_shown_and_does_nothing(operator_client: Client) -> None:
    table = factories.negotiation()
    evil = "</li><script>alert(1)</script>\u202etxt\u200b\x1b[31m{{ 7|add:7 }}"
    evidence = Evidence(fact=evil, mean=1, sd=1, source=evil, root=evil)
    say(table, 1, sender=evil[:150], text=evil, evidence=evidence, offer={evil: evil})
    page = page_of(operator_client, table)
    assert "<script>alert" not in page
    assert not {"\u202e", "\u200b", "\x1b"} & set(page)
    assert "\\u202etxt\\u200b\\x1b[31m{{ 7|add:7 }}" in page


def test_a_text_of_a_million_characters_is_cut_and_says_so() -> None:
    table = factories.negotiation()
    card = card_of(table, say(table, 1, text="x" * 1_000_000))
    assert len(card) < 30_000
    assert "980,000 characters more" in card


@pytest.mark.parametrize("pk", ["0", "999999", "9223372036854775808", "9" * 400])
def test_an_unknown_number_is_the_page_that_is_not_there(operator_client: Client, pk: str) -> None:
    assert operator_client.get(f"/negotiations/{pk}/").status_code == 404


def test_somebody_without_a_role_sees_nothing(stranger_client: Client) -> None:
    table = factories.negotiation(title="Secret table")
    answer = stranger_client.get(reverse("negotiation", args=[table.pk]))
    assert answer.status_code == 403
    assert "Secret table" not in answer.content.decode()


def test_controls_are_for_those_who_may_use_them(
    operator_client: Client, manager_client: Client
) -> None:
    table = factories.negotiation()
    assert 'data-dialog="pause"' in page_of(operator_client, table)
    assert 'data-dialog="pause"' not in page_of(manager_client, table)


def test_each_fragment_has_one_root_with_the_id_it_replaces() -> None:
    table = factories.negotiation()
    context = side_context(table)
    for name in ("state", "picture", "standing"):
        fragment = render_to_string(f"negotiation/_{name}.html", context).strip()
        root = fragment[1:].split(" ", 1)[0]
        assert f'id="{name}"' in fragment.split(">", 1)[0]
        assert fragment.endswith(f"</{root}>")


def test_a_whole_conversation_draws_a_curve_for_each_seat() -> None:
    table = sessions.start(version=factories.version(), by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table = Negotiation.objects.get(pk=table.pk)
    context = side_context(table)
    seats = [seat["name"] for seat in table.version.document["seats"]]
    assert {strip.face.name for strip in context["chart"].strips} == set(seats)
    assert [end.face.name for end in context["ends"]] == seats
    assert all(0 <= end.bar <= 100 for end in context["ends"])


def test_two_seats_get_the_utility_space_with_frontier_and_nash_point() -> None:
    document = factories.version().document
    version = factories.version(seats=document["seats"][:2])
    table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table = Negotiation.objects.get(pk=table.pk)
    context = side_context(table)
    space = context["space"]
    assert space.frontier.startswith("M")
    assert space.nash is not None
    assert {path.face.name for path in space.paths} == {s["name"] for s in document["seats"][:2]}
    assert "Pareto frontier" in render_to_string("negotiation/_picture.html", context)
