"""Formulas: what they compute, and what they may never do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scenarios.expressions import BadExpression, Kind, compile_expression

KINDS: dict[str, Kind] = {"a": "number", "b": "number", "place": "text", "other": "text"}


def value(formula: str, **values: Any) -> list[float]:
    arrays = {name: np.array(entry) for name, entry in values.items()}
    size = max((len(entry) for entry in values.values()), default=1)
    return list(compile_expression(formula, KINDS).evaluate(arrays, size))


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("a + 2 * b", [9.0, 12.0]),
        ("-a / 2", [-0.5, -1.0]),
        ("a ** 2 + b ** -1", [1.25, 4.2]),
        ("min(a, b, 2) + max(a, 2)", [3.0, 4.0]),
        ("where(a > 1, 10, b)", [4.0, 10.0]),
        ("(a < b) + (a >= 2)", [1.0, 2.0]),
        ("1 < a <= 2 and not b == 4", [0.0, 1.0]),
        ("a == 1 or b == 9", [1.0, 0.0]),
        ("abs(-a) + sqrt(4) + log(1) + exp(0) + floor(1.5) + ceil(0.5)", [6.0, 7.0]),
        ("3", [3.0, 3.0]),
    ],
)
def test_formulas_work_on_whole_arrays(formula: str, result: list[float]) -> None:
    assert value(formula, a=[1.0, 2.0], b=[4.0, 5.0]) == pytest.approx(result)


def test_texts_are_compared() -> None:
    places = {"place": ["none", "x"], "other": ["x", "x"]}

    assert value("where(place == 'none', 0, 7)", **places) == [0.0, 7.0]
    assert value("place != other", **places) == [1.0, 0.0]


@pytest.mark.parametrize(
    "formula",
    ["a + 1", "a > 0", "not a", "a > 0 or b > 0", "min(a, b)", "max(a, b)", "where(a > 0, 1, 2)"],
)
def test_unknown_stays_unknown(formula: str) -> None:
    assert np.isnan(value(formula, a=[np.nan], b=[1.0])).all()


def test_an_unknown_text_compares_as_unknown() -> None:
    assert np.isnan(value("place == 'x'", place=["", "x"])).tolist() == [True, False]


def test_where_leaves_out_the_unknown_it_does_not_choose() -> None:
    assert value("where(b == 1, 5, a)", a=[np.nan], b=[1.0]) == [5.0]


@pytest.mark.parametrize("formula", ["1 / 0", "0 / 0", "log(0)", "sqrt(-1)", "exp(9999)"])
def test_what_has_no_value_is_unknown(formula: str) -> None:
    assert np.isnan(value(formula)).all()


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("mothly", "unknown name 'mothly'; known are a, b, other, place"),
        ("plac == 'x'", "unknown name 'plac'; did you mean 'place'?"),
        ("a.real", "attribute access is not allowed in a formula"),
        ("a[0]", "a subscript is not allowed in a formula"),
        ("[x for x in a]", "a comprehension is not allowed in a formula"),
        ("sum(x for x in a)", "unknown function 'sum'"),
        ("min(x for x in a)", "'min' is given 1 values; it takes 2 or more"),
        ("min(a, b=1)", "is not allowed in a formula"),
        ("lambda: 1", "a lambda is not allowed in a formula"),
        ("a if b else 1", "write where(condition, then, otherwise)"),
        ("__import__('os')", "unknown function '__import__'"),
        ("f'{a}'", "a formatted text is not allowed"),
        ("(a := 1)", "is not allowed in a formula"),
        ("a = 1", "'a = 1' is not a formula"),
        ("a; b", "'a; b' is not a formula"),
        ("(", "'(' is not a formula"),
        ("a @ b", "is not allowed in a formula"),
        ("a % b", "is not allowed in a formula"),
        ("1j", "is not allowed in a formula"),
        ("True", "is not allowed in a formula"),
        ("1e400", "is not allowed in a formula"),
        ("9" * 900, "is not allowed in a formula"),
        ("a ** 99", "write one between -10 and 10"),
        ("9 ** 9 ** 9", "an exponent must be a plain number"),
        ("2 ** a", "an exponent must be a plain number"),
        ("'x' * 9", "''x'' is a text; no arithmetic with texts"),
        ("place + 1", "'place' is a text; no arithmetic with texts"),
        ("place", "'place' is a text, not a number"),
        ("place < other", "texts have no order"),
        ("place == 1", "a text is compared with a number"),
        ("a in b", "'in' and 'is' are not allowed"),
        ("'\\x41' == place", "a backslash is not allowed"),
        ("-" * 500 + "1", "the formula is nested too deeply"),
        ("a +" * 400 + "a", "the formula is longer than 1000 characters"),
    ],
)
def test_what_a_formula_may_not_do_is_refused(formula: str, said: str) -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression(formula, KINDS)

    assert said in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        expression = compile_expression(text, KINDS)
    except BadExpression:
        return
    values = {"a": np.ones(2), "b": np.ones(2), "place": np.array(["x", ""])}
    assert expression.evaluate({**values, "other": values["place"]}, 2).shape == (2,)
