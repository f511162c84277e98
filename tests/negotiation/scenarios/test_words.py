"""Labels, units and values of a scenario, in its own words."""

from __future__ import annotations

import pytest

from negotiation.engine.messages import Act, Offer
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.loaders import from_data, load_named
from negotiation.scenarios.runs import run
from negotiation.scenarios.words import Words
from tests.negotiation.scenarios.small import SMALL, changed, refusal

LEVELS = {"0": "relaxed", "50": "strained"}
ALL_SPOT: Offer = {"region": "europe-west3", "machine": "e2-standard-8", "share": 100}


@pytest.fixture
def words() -> Words:
    return Words.of(changed("measures.1.levels", LEVELS))


def test_options_levels_and_codes_have_words_and_figures_have_units(words: Words) -> None:
    assert words.value("region", "europe-west1") == "Belgium"
    assert words.value("strain", 0) == words.value("strain", 0.0) == "relaxed"
    assert words.value("country", "FRA") == "France"
    assert words.value("share", 50) == "50 %"
    assert words.value("strain", 25) == "25 %", "a level that was not named is a figure"


def test_what_has_no_words_is_given_back_and_what_is_unknown_says_so(words: Words) -> None:
    assert (words.label("nothing"), words.unit("nothing")) == ("nothing", "")
    assert words.value("region", "elsewhere") == "elsewhere"
    assert words.value("strain", None) == "unknown"


def test_a_change_names_both_levels_or_both_figures(words: Words) -> None:
    assert words.change("strain", 0, 50, "%") == ("relaxed", "strained")
    assert words.change("monthly_cost", 900, 800, "USD/month") == ("900", "800 USD/month")
    assert words.change("monthly_cost", None, 800, "USD/month") == ("unknown", "800 USD/month")


def test_a_document_of_another_format_still_has_words() -> None:
    words = Words.of({"issues": [{"name": "a", "label": "A", "options": [1]}], "catalogue": "gone"})

    assert (words.label("a"), words.value("a", 1)) == ("A", "1")


def test_levels_are_numbers_with_a_name() -> None:
    assert "'high' is not a number" in refusal(changed("measures.1.levels", {"high": "strained"}))


def test_the_seats_speak_of_levels_by_name() -> None:
    scenario = compile_scenario(load_named("cloud-placement"))
    texts = [
        message.text
        for message in run(scenario, seed=7).session.messages
        if message.act == Act.PROPOSE
    ]

    assert any("independence of the standby to another country" in text for text in texts)
    assert not any("independence of the standby to 2" in text for text in texts)


def test_a_rule_names_what_it_allows() -> None:
    (rule,) = compile_scenario(from_data(SMALL, source="small")).table.constraints

    assert rule.limit == "Germany and Belgium"
