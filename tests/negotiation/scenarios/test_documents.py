"""YAML text: what is read, and everything that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from negotiation.scenarios.documents import MAX_BYTES, MAX_DEPTH, parse, read_file
from negotiation.scenarios.errors import ScenarioError


def refused(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, source="x.yaml")
    return str(caught.value)


def test_plain_words_follow_yaml_1_2() -> None:
    text = """
    country: no
    switch: on
    day: 2026-07-30
    time: 12:30
    truth: true
    nothing: ~
    whole: -12
    real: 1.5e3
    quoted: "12"
    """

    assert parse(text, source="x").data == {
        "country": "no",
        "switch": "on",
        "day": "2026-07-30",
        "time": "12:30",
        "truth": True,
        "nothing": None,
        "whole": -12,
        "real": 1500.0,
        "quoted": "12",
    }


def test_keys_are_texts_as_they_are_written() -> None:
    assert parse("{no: 1, 25: 2, true: 3}", source="x").data == {"no": 1, "25": 2, "true": 3}


def test_every_part_knows_its_line() -> None:
    document = parse("a:\n  - b: 1\n  - b: 2\n", source="x")

    assert document.line_of(("a", 1, "b")) == 3
    assert document.line_of(("a", 1, "missing")) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1", "line 1, a: the anchor '&x' is not allowed; write the value out."),
        ("a: &x [1]\nb: *x", "the anchor '&x' is not allowed"),
        ("b: *x", "the alias '*x' is not allowed"),
        ("a: !!python/object:os.system x", "is not allowed; write the value without it"),
        ("a: ! x", "the tag '!' is not allowed"),
        ("<<: {a: 1}", "the merge key '<<' is not allowed"),
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' is there twice; keep one of them."),
        ("a: .nan", "'.nan' is not a finite number"),
        ("a: -.inf", "'-.inf' is not a finite number"),
        ("a: 1e999", "'1e999' is not a finite number"),
        ("a: 9007199254740993", "above 9007199254740992"),
        ("a: " + "9" * 5000, "above 9007199254740992"),
        ("a: 010", "'010' begins with a zero; write it without, or in quotes."),
        ("a: 1\n---\nb: 2", "line 2: there are several documents"),
        ("? [1, 2]\n: 3", "a key must be a text"),
        ("- 1", "the document is not a mapping"),
        ("", "the document is not a mapping"),
        ("a: [1", "this is not valid YAML"),
        ("a: b: c", "line 1, column 5: this is not valid YAML"),
        ("a: \x00", "line 1: there is a control character (\\x00); remove it."),
        ("a: 1\nb: \x1b[31m", "line 2: there is a control character (\\x1b)"),
        ('a: "\\x1b[31m"', "line 1, a: there is a control character (\\x1b)"),
        ('a: "\\0"', "there is a control character (\\x00)"),
        ("a: \ud800", "there is a control character (\\ud800)"),
        ('"\\x1b": 1', "there is a control character (\\x1b)"),
    ],
)
def test_what_could_surprise_is_refused(text: str, said: str) -> None:
    assert said in refused(text)


def test_nesting_is_limited() -> None:
    def nested(levels: int) -> str:
        return "a: " + "[" * (levels - 1) + "]" * (levels - 1)

    parse(nested(MAX_DEPTH), source="x")

    assert "nested deeper than 32 levels" in refused(nested(MAX_DEPTH + 1))
    assert "nested deeper than 32 levels" in refused("a: " + "[" * 100_000)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert "not allowed" in refused(bomb)


def test_a_file_over_one_megabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("a: " + "x" * MAX_BYTES)

    with pytest.raises(ScenarioError, match=r"large.yaml, the document is larger than 1 MB"):
        read_file(path, source="large.yaml")
    assert "larger than 1 MB" in refused("é" * (MAX_BYTES // 2 + 1))


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nb: Zürich".encode("latin-1"))

    with pytest.raises(ScenarioError, match=r"latin.yaml, line 2: the file is not UTF-8"):
        read_file(path, source="latin.yaml")


def test_a_missing_file_and_a_folder_are_refused_with_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(ScenarioError, match="the file cannot be read"):
            read_file(path, source="x.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")

    assert parse(read_file(path, source="x"), source="x").data == {"a": 1}
