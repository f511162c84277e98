"""What Genius XML cannot be used for, in one sentence each."""

from __future__ import annotations

from pathlib import Path

import pytest

from negotiation.scenarios import formats
from negotiation.scenarios.errors import ScenarioError
from tests.negotiation.scenarios.formats.written import (
    AMOUNT,
    COLOUR,
    DOMAIN,
    LENGTH,
    genius,
    profile,
    saved,
)

BOMB = '<!DOCTYPE b [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def refusal(paths: list[Path]) -> str:
    with pytest.raises(ScenarioError) as error:
        formats.load(paths)
    (sentence,) = error.value.sentences
    assert "; " in sentence, "a remedy is named"
    return sentence


def changed(before: str, after: str, text: str | None = None) -> str:
    text = profile() if text is None else text
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(' evaluation="40"', ""), "'Colour': the item 'blue' has no evaluation"),
        (changed(' evaluation="40"', ' evaluation="null"'), "'blue' has no evaluation"),
        (changed('"40"', '"-4"'), "item 'blue': the evaluation is -4, less than 0"),
        (changed('"40"', '"forty"'), "the evaluation is 'forty', which is no number"),
        (changed('"40"', '"NaN"'), "the evaluation is 'NaN', which is no number"),
        (changed('"40"', '"1e999"'), "the evaluation is too large to count with"),
        (changed('value="green"', 'value="red"'), "the item 'red' is there twice"),
        (changed('type="discrete"', 'type="price"'), "'Colour': its type is 'price'"),
        (changed('type="discrete"', 'type="real"'), "it is real, the domain's is discrete"),
        (changed('"Amount"', '"Number"'), "the domain calls issue 2 'Amount'"),
        (changed('upperbound="5"', 'upperbound="9"'), "it goes from 2 to 9, unlike the domain's"),
        (changed('index="2" name', 'index="9" name'), "no issue with the index 9"),
        (changed('index="2" name', 'index="1" name'), "two issues have the index 1"),
        (changed('index="2" name', 'index="b" name'), "the index is 'b', which is no whole number"),
        (changed(AMOUNT, ""), "issue 2, 'Amount', is missing"),
        (changed('<weight index="2" value="0.3"/>', ""), "'Amount': it has no weight"),
        (changed('value="0.3"/>', 'value="-1"/>'), "its weight is -1, less than 0"),
        (changed('<weight index="2"', '<weight index="1"'), "issue 1 has two weights"),
        (profile(weights=(0, 0, 0)), "all weights are 0"),
        (profile(weights=(5e11, 5e11, 5e11)), "the sum of the weights is too large"),
        (changed("<evaluator ", "<nothing "), "'Amount': it has no <evaluator>"),
        (changed("linear", "faratin"), "'faratin', which Genius names but never computes"),
        (changed("triangular", "bell"), "its evaluator is 'bell'"),
        (changed(' slope="0.5"', ""), "'Amount': the slope is missing"),
        (changed(' parameter2="2"', ""), "'Length': the parameter2 is missing"),
        (changed('parameter2="2"', 'parameter2="12"'), "the top of its triangle, 12"),
        (profile(after='<reservation value="-0.1"/>'), "reservation: the value is -0.1"),
        (profile(after='<reservation value="high"/>'), "reservation: the value is 'high'"),
        (profile(after='<discount_factor value="1.5"/>'), "the discount factor is 1.5"),
        (profile(after='<reservation value="0"/><reservation value="1"/>'), "2 elements"),
        (profile(kind=" type='uncertain'"), "its utility space is 'uncertain'"),
        ("<utility_space/>", "there is no <objective>"),
        ("<utility_space><objective/></utility_space>", "there is no <issue>"),
        ("<offer/>", "its root is <offer>"),
        ("", "this is not valid XML"),
        (profile()[:-20], "line "),
        (changed("</issue>", "</item>"), "this is not valid XML (mismatched tag)"),
        (BOMB + profile(), "the file declares a document type or entities"),
        (OUTSIDE + profile(), "the file declares a document type or entities"),
        ("<?xml version='1.0' encoding='odd'?>" + profile(), "an encoding that cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_profile_is_named(tmp_path: Path, text: str, said: str) -> None:
    sentence = refusal(genius(tmp_path, text, profile()))

    assert said in sentence
    assert sentence.startswith(str(tmp_path / "side1.xml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DOMAIN.replace('value="green"', 'value="red"'), "the item 'red' is there twice"),
        (DOMAIN.replace('lowerbound="2"', 'lowerbound="8"'), "it ends at 5 before it begins at 8"),
        (DOMAIN.replace('lowerbound="2"', 'lowerbound="-999999"'), "it has 1,000,005 options"),
        (DOMAIN.replace('lowerbound="2"', ""), "it has no lowerbound and upperbound"),
        (DOMAIN.replace('upperbound="10"', 'upperbound="far"'), "'far', which is no number"),
        (DOMAIN.replace('name="Colour"', ""), "an issue has no name"),
        (DOMAIN.replace("item", "thing"), "'Colour': it has no items"),
        ("<negotiation_template/>", "there is no <utility_space>"),
        (f"<negotiation_template>{'<utility_space/>' * 2}</negotiation_template>", "2 elements"),
    ],
)
def test_what_is_wrong_with_a_domain_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(genius(tmp_path, domain=text))


def test_a_profile_of_another_domain_is_refused(tmp_path: Path) -> None:
    other = COLOUR.replace("Colour", "Paint").replace("red", "pink")

    sentence = refusal(genius(tmp_path, profile(other, AMOUNT, LENGTH), profile()))
    assert "the domain calls issue 1 'Colour'; give the profiles of this domain" in sentence


def test_a_domain_is_needed_and_only_one(tmp_path: Path) -> None:
    domain, *profiles = genius(tmp_path)
    again = saved(tmp_path / "again.xml", DOMAIN)

    assert "there is no domain" in refusal(profiles)
    assert "there are 2 domains" in refusal([domain, again, *profiles])
    assert "there are 0 parties" in refusal([domain])
    assert "there are 1 parties" in refusal([domain, profiles[0]])


def test_deeply_nested_objectives_are_refused(tmp_path: Path) -> None:
    deep = profile()
    for _ in range(40):
        deep = deep.replace("<issue", "<objective><issue", 1).replace(
            "</objective>", "</objective></objective>", 1
        )

    assert "nested deeper than 32" in refusal(genius(tmp_path, deep, profile()))


def test_a_file_that_is_not_there_or_too_large_is_named(tmp_path: Path) -> None:
    paths = genius(tmp_path)
    assert "cannot be read" in refusal([*paths, tmp_path / "gone.xml"])
    saved(tmp_path / "side1.xml", "<a>" + " " * 1_000_001)
    assert "larger than 1 MB" in refusal(paths)


def test_more_options_than_can_be_valued_for_all_parties_are_refused(tmp_path: Path) -> None:
    wide = 'upperbound="90000"'
    texts = [profile().replace('upperbound="5"', wide)] * 12
    paths = genius(tmp_path, *texts, domain=DOMAIN.replace('upperbound="5"', wide))

    assert "90,023 options for 12 parties; use at most 83,333 in all" in refusal(paths)
