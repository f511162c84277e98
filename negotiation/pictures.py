"""Which picture a table has: the utility space for two seats, concession curves for more."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation import charts
from negotiation.engine.frontier import pareto_frontier
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.session import Session
from negotiation.engine.solutions import solution_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from negotiation.charts import Point
    from negotiation.lexicon import Lexicon
    from negotiation.models import Message, Negotiation

TWO = 2
CLOUD = 600
KEPT = 32


class Space(NamedTuple):
    """What two seats could have: utilities of a sample of offers, the frontier, Nash, limits."""

    cloud: list[Point]
    frontier: list[Point]
    nash: Point | None
    limits: Point


_spaces: OrderedDict[tuple[int, str, int], Space] = OrderedDict()


def picture(
    negotiation: Negotiation, lexicon: Lexicon, messages: Sequence[Message]
) -> dict[str, Any]:
    """`space` or `chart` for `_picture.html`; neither while there is nothing to draw."""
    offers = [message for message in messages if message.body.get("offer")]
    if len(lexicon.seats) == TWO and offers:
        return {"space": _utility_space(negotiation, lexicon, messages, offers)}
    surplus = [(message, (message.body.get("private") or {}).get("surplus")) for message in offers]
    asked = own_surplus((message.seq, message.sender, value) for message, value in surplus)
    deal = negotiation.summary.get("surplus") if negotiation.agreement else None
    return {
        "chart": charts.concessions(asked, lexicon.seats, head=negotiation.head, deal=deal),
    }


def own_surplus(rows: Iterable[tuple[int, str, Any]]) -> dict[str, list[Point]]:
    """(seq, sender, surplus per seat) of offers → per seat (seq, what it asked for itself)."""
    asked: dict[str, list[Point]] = defaultdict(list)
    for seq, sender, surplus in rows:
        value = surplus.get(sender) if isinstance(surplus, dict) else None
        if isinstance(value, int | float):
            asked[sender].append((seq, value))
    return asked


def _utility_space(
    negotiation: Negotiation,
    lexicon: Lexicon,
    messages: Sequence[Message],
    offers: Sequence[Message],
) -> charts.UtilitySpace:
    first, second = lexicon.seats
    paths: dict[str, list[Point]] = defaultdict(list)
    for message in offers:
        worth = (message.body.get("private") or {}).get("utilities") or {}
        if first in worth and second in worth:
            paths[message.sender].append((worth[first], worth[second]))
    worth = negotiation.summary.get("utilities") or {}
    deal = (worth[first], worth[second]) if first in worth and second in worth else None
    space = _space(negotiation, messages[-1].seq)
    return charts.utility_space(
        (lexicon.seats[first], lexicon.seats[second]),
        cloud=space.cloud,
        frontier=space.frontier,
        nash=space.nash,
        limits=space.limits,
        offers=paths,
        deal=deal,
    )


def _space(negotiation: Negotiation, upto: int) -> Space:
    """Under the beliefs after message `upto`; computed once per process and number."""
    key = (negotiation.pk, negotiation.version.document_hash, upto)
    if key not in _spaces:
        _spaces[key] = _computed(negotiation, upto)
        while len(_spaces) > KEPT:
            _spaces.popitem(last=False)
    return _spaces[key]


def _computed(negotiation: Negotiation, upto: int) -> Space:
    table = negotiation.version.compiled().table
    said = negotiation.messages.filter(seq__lte=upto)
    moves = [EngineMessage.from_dict(message.body) for message in said]
    session = Session.replay(table, seed=negotiation.seed, messages=moves)
    utilities, limits = session.utilities, table.limits
    nash = solution_points(utilities, limits).nash
    step = max(len(utilities) // CLOUD, 1)
    return Space(
        cloud=_points(utilities[::step]),
        frontier=_points(utilities[pareto_frontier(utilities)]),
        nash=None if nash is None else _points(utilities[[nash]])[0],
        limits=_points(limits[None, :])[0],
    )


def _points(rows: Any) -> list[Point]:
    return [(float(x), float(y)) for x, y in rows]
