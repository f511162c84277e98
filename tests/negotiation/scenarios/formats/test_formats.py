"""Which format a path is in, what settings do, and that harm leads to a sentence, never more."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.engine.strategies import STRATEGIES
from negotiation.scenarios import formats
from negotiation.scenarios.errors import ScenarioError
from tests.negotiation.scenarios.formats.written import (
    COLOUR,
    DOMAIN,
    genius,
    preference_table,
    profile,
    saved,
    scorable,
    tables,
    utilities,
)

MANY = "".join(
    f'<issue index="{n}" name="i{n}" type="integer" lowerbound="0" upperbound="9">'
    '<evaluator ftype="linear" slope="{slope}" offset="{offset}"/></issue>'
    for n in range(1, 31)
)


def refusal(paths: list[Path], **options: Any) -> str:
    with pytest.raises(ScenarioError) as error:
        formats.load(paths, **options)
    (sentence,) = error.value.sentences
    return sentence


def test_formats_are_told_apart(tmp_path: Path) -> None:
    xml = genius(tmp_path / "genius")
    folders = [tmp_path / "genius", scorable(tmp_path / "game"), tables(tmp_path / "tables")]
    scenario = saved(tmp_path / "scenario.yaml", "name: x")
    data = saved(tmp_path / "scenario.json", '{"name": "x"}')

    assert all(formats.recognises([folder]) for folder in folders)
    assert formats.recognises(xml)
    assert formats.recognises(xml[:1])
    assert formats.recognises([tmp_path / "tables" / "profileA.json"])
    assert not formats.recognises([scenario])
    assert not formats.recognises([data])
    assert not formats.recognises([Path("cloud-placement")])


def test_what_belongs_to_no_format_is_refused(tmp_path: Path) -> None:
    paths = genius(tmp_path / "both")
    tables(tmp_path / "both")
    (tmp_path / "empty").mkdir()
    files = [saved(tmp_path / "a.yaml", ""), saved(tmp_path / "b.yaml", "")]

    assert "the folder holds no negotiation" in refusal([tmp_path / "empty"])
    assert "the folder holds XML and JSON profiles" in refusal([tmp_path / "both"])
    assert "these files do not fit together" in refusal(files)
    assert "these files do not fit together" in refusal([*paths, *files])
    assert "there are 1 parties" in refusal([tmp_path / "both" / "profileA.json"])


def test_too_many_parties_are_refused(tmp_path: Path) -> None:
    paths = genius(tmp_path, *[profile()] * 65)

    assert "there are 65 parties; give 2 to 64" in refusal(paths)


def test_too_many_issues_are_refused(tmp_path: Path) -> None:
    names = [f"i{number}" for number in range(501)]
    many = preference_table(
        issues={name: {"a": 0, "b": 1} for name in names}, issueWeights=dict.fromkeys(names, 1)
    )

    assert "there are 501 issues; use at most 500" in refusal([tables(tmp_path, many, many)])


def test_parties_of_one_name_are_told_apart_and_none_is_the_mediator(tmp_path: Path) -> None:
    domain, first, _ = genius(tmp_path / "one")
    second = saved(tmp_path / "two" / "side1.xml", profile())
    third = saved(tmp_path / "two" / "mediator.xml", profile())

    seats = formats.load([domain, first, second, third]).seats
    assert [seat.name for seat in seats] == ["side1", "side1 (2)", "mediator (2)"]


def test_settings_decide_how_it_is_played(tmp_path: Path) -> None:
    paths = genius(tmp_path)
    plain = formats.load(paths)
    table = formats.load(paths, protocol="alternating", strategies=["micro", "boulware"], steps=7)

    assert (plain.protocol, plain.rounds, plain.dissent) == ("mediated", 20, 0)
    assert (table.protocol, table.rounds) == ("alternating", 7)
    assert [seat.strategy for seat in table.seats] == [STRATEGIES["micro"], STRATEGIES["boulware"]]
    assert formats.load(paths, protocol="alternating").rounds == 1_000
    assert formats.load(paths, strategies=["tradeoff"]).seats[1].strategy == STRATEGIES["tradeoff"]


def test_micro_has_a_round_for_every_offer(tmp_path: Path) -> None:
    wide = DOMAIN.replace('upperbound="5"', 'upperbound="40"')
    text = profile().replace('upperbound="5"', 'upperbound="40"')
    paths = genius(tmp_path, text, text, domain=wide)

    assert formats.load(paths, protocol="alternating", strategies=["micro"]).rounds == 39 * 63


def test_a_large_space_has_no_more_rounds_than_can_be_kept_or_looked_at(tmp_path: Path) -> None:
    wide = DOMAIN.replace('upperbound="5"', 'upperbound="9001"')
    text = profile().replace('upperbound="5"', 'upperbound="9001"')
    table = formats.load(
        genius(tmp_path, text, text, domain=wide), protocol="alternating", strategies=["micro"]
    )

    assert (table.space.count, table.rounds) == (9_000 * 63, 500_000)
    assert "10000 steps are too many; give 1 to 8,818" in refusal([tmp_path], steps=10_000)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"protocol": "auction"}, "there is no protocol 'auction'"),
        ({"strategies": ["bolware"]}, "no strategy 'bolware'; did you mean 'boulware'?"),
        ({"strategies": ["micro"] * 3}, "there are 3 strategies for 2 seats"),
        ({"steps": 0}, "0 steps are too few"),
        ({"steps": 10_001}, "10001 steps are too many; give 1 to 10,000"),
        ({"steps": 500_001, "protocol": "alternating"}, "too many; give 1 to 500,000"),
        ({"quorum": 3}, "a quorum of 3 does not fit 2 seats"),
        ({"quorum": 1}, "give a number from 2 to 2"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    assert said in refusal(genius(tmp_path), **options)


def test_a_quorum_keeps_those_with_a_veto(tmp_path: Path) -> None:
    assert "give a number from 2 to 3" in refusal([scorable(tmp_path)], quorum=1)


def test_a_huge_space_is_looked_at_through_a_pool(tmp_path: Path) -> None:
    up, down = (MANY.replace("{slope}", slope) for slope in ("0.1", "-0.1"))
    sides = (up.replace("{offset}", "0"), down.replace("{offset}", "1"))
    texts = [profile(side, weights=[1 / 30] * 30, after="") for side in sides]
    domain = DOMAIN.partition("<issue")[0] + MANY + "</objective></utility_space>"
    paths = genius(tmp_path, *texts, domain=f"{domain}</negotiation_template>")
    table = formats.load(paths)

    assert table.space.size == 10**30
    assert table.space.pooled
    assert 1_000 < table.space.count < 2_000_000
    assert utilities(table).max(axis=0) == pytest.approx([0.9, 1.0])


def harmed(data: st.DataObject, text: str) -> str:
    """The text cut, doubled or with a part replaced."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    inserted = data.draw(
        st.sampled_from(["", '"', "<", ">", "&", "{", "}", "\0", "-1", "1e999", "NaN", ",", "é"])
        | st.text(max_size=5)
        | st.just(text[start:end] * 2)
    )
    return text[:start] + inserted + text[end:]


def read_or_refused(paths: list[Path]) -> None:
    with suppress(ScenarioError):
        formats.load(paths)


fuzzed = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzed
@given(data=st.data())
def test_harmed_xml_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    domain, side, other = genius(tmp_path, profile(COLOUR.replace("40", "41")), profile())
    target = data.draw(st.sampled_from([domain, side, other]))
    text = harmed(data, target.read_text())
    target.write_bytes(text.encode("utf-8", "surrogatepass"))

    read_or_refused([domain, side, other])


@fuzzed
@given(data=st.data())
def test_harmed_scores_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    folder = scorable(tmp_path)
    target = data.draw(st.sampled_from(sorted(folder.rglob("*.txt"))))
    text = harmed(data, target.read_text())
    target.write_bytes(text.encode("utf-8", "surrogatepass"))

    read_or_refused([folder])


@fuzzed
@given(data=st.data())
def test_harmed_tables_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    folder = tables(tmp_path, preference_table(), preference_table())
    target = folder / "profileB.json"
    text = harmed(data, target.read_text())
    target.write_bytes(text.encode("utf-8", "surrogatepass"))

    read_or_refused([folder])
