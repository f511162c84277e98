"""Formulas of measures: checked once, evaluated on whole arrays.

Unknown figures are NaN and stay unknown through every operator and comparison; only `where` may
leave one out, by not choosing it. Truth values are 1 and 0.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from simpleeval import SimpleEval

from negotiation.scenarios.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind = Literal["number", "text"]
FloatArray = NDArray[np.float64]

MAX_LENGTH = 1000
MAX_DEPTH = 40
MAX_EXPONENT = 10


class BadExpression(ValueError):
    """The formula cannot be used; `problem` says why, `remedy` what would be right."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}" if remedy else problem)


@dataclass(frozen=True, slots=True)
class Expression:
    text: str
    names: frozenset[str]
    tree: ast.expr

    def evaluate(self, values: Mapping[str, Any], shape: int) -> FloatArray:
        """The formula on arrays of length `shape` (or scalars); what has no value is NaN."""
        evaluator = SimpleEval(operators=_OPERATORS, functions=_FUNCTIONS, names=dict(values))
        evaluator.nodes = {kind: evaluator.nodes[kind] for kind in _NODES} | {
            ast.Constant: _constant,
            ast.BoolOp: partial(_bool_op, evaluator),
            ast.Compare: partial(_compare, evaluator),
        }
        with np.errstate(all="ignore"):
            result = np.asarray(evaluator.eval(self.text, self.tree), dtype=np.float64)
        array = np.full(shape, np.nan)
        np.copyto(array, result, where=np.isfinite(result))
        return array


def compile_expression(text: str, kinds: Mapping[str, Kind]) -> Expression:
    """Check a formula over the names of `kinds`; raises `BadExpression`."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            f"the formula is longer than {MAX_LENGTH} characters", "split it into measures"
        )
    if "\\" in text:
        raise BadExpression("a backslash is not allowed in a formula", "remove it")
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadExpression(
            f"'{text}' is not a formula", "write for example 'price * replicas * 730'"
        ) from None
    _check_depth(tree)
    if _kind(tree, kinds) != "number":
        raise BadExpression(f"'{text}' is a text, not a number", "compare it with == or !=")
    return Expression(text, _names(tree), tree)


def names_in(text: str) -> frozenset[str]:
    """The names that a formula reads, which `compile_expression` has accepted."""
    return _names(ast.parse(" ".join(text.split()), mode="eval").body)


def _names(tree: ast.expr) -> frozenset[str]:
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return names - _FUNCTIONS.keys()


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise BadExpression("the formula is nested too deeply", "split it into measures")


def _kind(node: ast.expr, kinds: Mapping[str, Kind]) -> Kind:
    """Whether the node gives numbers or texts; raises when it is nothing a formula may hold."""
    match node:
        case ast.Constant(value=value):
            return _constant_kind(value)
        case ast.Name(id=name):
            return _name_kind(name, kinds)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compare_kind([left, *comparators], ops, kinds)
    for operand in _operands(node):
        if _kind(operand, kinds) != "number":
            raise BadExpression(
                f"'{ast.unparse(operand)}' is a text; no arithmetic with texts",
                "compare it with == or !=",
            )
    return "number"


def _operands(node: ast.expr) -> list[ast.expr]:
    """What an operator or function is given, all numbers."""
    match node:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
            return [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            if isinstance(op, ast.Pow):
                _check_exponent(right)
            return [left, right]
        case ast.BoolOp(values=values):
            return values
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            _check_call(name, len(args))
            return args
    raise BadExpression(_refusal(node), _REMEDIES.get(type(node), f"allowed are {_ALLOWED}"))


def _constant_kind(value: object) -> Kind:
    if isinstance(value, str):
        return "text"
    # No math.isfinite: an int of hundreds of digits is no float.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e15:
        return "number"
    raise BadExpression(f"'{value!r:.40}' is not allowed in a formula", "write a plain number")


def _name_kind(name: str, kinds: Mapping[str, Kind]) -> Kind:
    if name not in kinds:
        raise BadExpression(f"unknown name '{name}'", did_you_mean(name, kinds))
    return kinds[name]


def _compare_kind(nodes: list[ast.expr], ops: list[ast.cmpop], kinds: Mapping[str, Kind]) -> Kind:
    found = {_kind(node, kinds) for node in nodes}
    if not all(type(op) in _COMPARISONS for op in ops):
        raise BadExpression("'in' and 'is' are not allowed", "compare with == and join with 'or'")
    if len(found) > 1:
        raise BadExpression("a text is compared with a number", "compare like with like")
    if found == {"text"} and not all(isinstance(op, ast.Eq | ast.NotEq) for op in ops):
        raise BadExpression("texts have no order", "compare them with == or !=")
    return "number"


def _check_call(name: str, count: int) -> None:
    if name not in _ARITIES:
        raise BadExpression(f"unknown function '{name}'", did_you_mean(name, _ARITIES))
    low, high = _ARITIES[name]
    if not low <= count <= high:
        wanted = str(low) if low == high else f"{low} or more"
        raise BadExpression(f"'{name}' is given {count} values", f"it takes {wanted}")


def _check_exponent(node: ast.expr) -> None:
    sign, literal = (-1, node.operand) if isinstance(node, ast.UnaryOp) else (1, node)
    value = literal.value if isinstance(literal, ast.Constant) else None
    if not isinstance(value, int | float) or abs(sign * value) > MAX_EXPONENT:
        raise BadExpression(
            "an exponent must be a plain number", f"write one between -10 and {MAX_EXPONENT}"
        )


def _refusal(node: ast.expr) -> str:
    return f"{_NAMES.get(type(node), type(node).__name__)} is not allowed in a formula"


def _constant(node: ast.Constant) -> object:
    return node.value if isinstance(node.value, str) else float(node.value)  # type: ignore[arg-type]


def _truth(values: Any) -> Any:
    return np.where(np.isnan(values), np.nan, np.not_equal(values, 0))


def _bool_op(evaluator: Any, node: ast.BoolOp) -> Any:
    join = np.minimum if isinstance(node.op, ast.And) else np.maximum
    return reduce(join, [_truth(evaluator._eval(value)) for value in node.values])


def _compare(evaluator: Any, node: ast.Compare) -> Any:
    sides = [evaluator._eval(side) for side in (node.left, *node.comparators)]
    pairs = zip(node.ops, sides, sides[1:], strict=False)
    return reduce(np.minimum, [_known(_COMPARISONS[type(op)], a, b) for op, a, b in pairs])


def _known(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    return np.where(_unknown(left) | _unknown(right), np.nan, compare(left, right))


def _unknown(values: Any) -> Any:
    array = np.asarray(values)
    return array == "" if array.dtype.kind in "UO" else np.isnan(array)


def _where(condition: Any, then: Any, otherwise: Any) -> Any:
    known = _truth(condition)
    return np.where(np.isnan(known), np.nan, np.where(known == 1, then, otherwise))


_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Not: lambda values: 1 - _truth(values),
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "where": _where,
    "abs": np.absolute,
    "sqrt": np.sqrt,
    "log": np.log,
    "exp": np.exp,
    "floor": np.floor,
    "ceil": np.ceil,
}
FUNCTION_NAMES = frozenset(_FUNCTIONS)
_ARITIES = dict.fromkeys(_FUNCTIONS, (1, 1)) | {
    "min": (2, 20),
    "max": (2, 20),
    "where": (3, 3),
}
_NODES = (ast.Name, ast.UnaryOp, ast.BinOp, ast.Call)
_NAMES: dict[type[ast.expr], str] = {
    ast.Attribute: "attribute access",
    ast.Subscript: "a subscript",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.Lambda: "a lambda",
    ast.IfExp: "'… if … else …'",
    ast.JoinedStr: "a formatted text",
}
_REMEDIES: dict[type[ast.expr], str] = {ast.IfExp: "write where(condition, then, otherwise)"}
_ALLOWED = "names, numbers, + - * / **, comparisons, and/or/not and functions"
