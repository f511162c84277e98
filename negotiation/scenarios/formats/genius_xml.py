"""Elements of a Genius file, with where they are. The XML is read with defusedxml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from negotiation.scenarios import documents
from negotiation.scenarios.formats.spots import Spot, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

TYPES = ("discrete", "integer", "real")
STEPS = 21
"""A real issue is looked at in as many even steps, both ends among them, as Genius looks at it."""
MOST_OPTIONS = 100_000
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Node:
    """An element and where it is."""

    element: Element
    spot: Spot

    @property
    def tag(self) -> str:
        return self.element.tag

    def get(self, name: str) -> str | None:
        return self.element.get(name)

    def children(self, tag: str) -> list[Node]:
        return [Node(child, self.spot) for child in self.element.findall(tag)]

    def only(self, tag: str) -> Node | None:
        """The child of this name, None if there is none; refuses a second one."""
        found = self.children(tag)
        if found[1:]:
            self.spot.refuse(f"there are {len(found)} elements <{tag}>", "keep one of them")
        return found[0] if found else None

    def number(self, name: str, *, least: float = float("-inf")) -> float:
        return self.spot.number(self.get(name), f"the {name}", least=least)

    def integer(self, name: str) -> int:
        return self.spot.integer(self.get(name), f"the {name}")

    def anywhere(self, tag: str) -> Node | None:
        """The element of this name at any depth; refuses several that differ."""
        found = list(self.element.iter(tag))
        if len({each.get("value") for each in found}) > 1:
            self.spot.refuse(f"there are {len(found)} elements <{tag}>", "keep one of them")
        return Node(found[0], self.spot.within(tag)) if found else None


@dataclass(frozen=True, slots=True)
class IssueNode:
    """An <issue>: its index, name and type, and the <weight> beside it for its index."""

    node: Node
    index: int
    name: str
    kind: str
    weight: Node | None

    @property
    def spot(self) -> Spot:
        return self.node.spot

    def items(self) -> Iterator[tuple[str, Node]]:
        """The values of a discrete issue with their elements; refuses one that is there twice."""
        seen = set()
        for item in self.node.children("item"):
            value = item.get("value")
            if value is None:
                self.spot.refuse("an item has no value", "add it")
            if value in seen:
                self.spot.refuse(f"the item {shown(value)} is there twice", "keep one of them")
            seen.add(value)
            yield value, Node(item.element, self.spot.within(f"item {shown(value)}"))

    def bounds(self) -> tuple[float, float] | None:
        """Smallest and largest figure of a numeric issue, None where the file does not say."""
        holder = self.node if self.node.get("lowerbound") else self.node.only("range")
        if holder is None:
            return None
        read = holder.integer if self.kind == "integer" else holder.number
        low, high = read("lowerbound"), read("upperbound")
        if low > high:
            self.spot.refuse(f"it ends at {high:g} before it begins at {low:g}", "swap the bounds")
        return low, high


def read(path: Path) -> Node:
    """The root element of an XML file; raises `ScenarioError`."""
    spot = Spot(str(path))
    content = documents.read_bytes(path, source=spot.source, kind="XML")
    try:
        return Node(fromstring(content, forbid_dtd=True), spot)
    except ParseError as error:
        line, _ = error.position
        spot.on(line).refuse(f"this is not valid XML ({str(error).partition(':')[0]})", "mend it")
    except DefusedXmlException:
        spot.refuse("the file declares a document type or entities", "remove the declaration")
    except (ValueError, LookupError):
        spot.refuse("the file is in an encoding that cannot be read", "save it as UTF-8")


def issues(root: Node) -> dict[int, IssueNode]:
    """Every <issue> below the objectives of `root` by its index, as deep as objectives nest."""
    found: dict[int, IssueNode] = {}
    objectives = [(each, 1) for each in root.children("objective")]
    if not objectives:
        root.spot.refuse("there is no <objective>", "give a Genius domain and its profiles")
    for objective, depth in objectives:
        if depth > _DEEPEST:
            root.spot.refuse(f"objectives are nested deeper than {_DEEPEST}", "flatten them")
        weights = _weights(objective)
        for node in objective.children("issue"):
            issue = _issue(node, weights)
            if issue.index in found:
                root.spot.refuse(
                    f"two issues have the index {issue.index}", "number the issues from 1"
                )
            found[issue.index] = issue
        objectives += [(child, depth + 1) for child in objective.children("objective")]
    if not found:
        root.spot.refuse("there is no <issue>", "give at least one")
    return found


def _weights(objective: Node) -> dict[int, Node]:
    weights: dict[int, Node] = {}
    for weight in objective.children("weight"):
        index = weight.integer("index")
        if index in weights:
            weight.spot.refuse(f"issue {index} has two weights", "keep one of them")
        weights[index] = weight
    return weights


def _issue(node: Node, weights: dict[int, Node]) -> IssueNode:
    name = (node.get("name") or "").strip()
    if not name:
        node.spot.refuse("an issue has no name", "add it")
    within = node.spot.within(f"issue {shown(name)}")
    placed = Node(node.element, within)
    kind = (node.get("type") or node.get("vtype") or node.get("etype") or "discrete").lower()
    if kind not in TYPES:
        within.refuse(f"its type is {shown(kind)}", f"it can be {', '.join(TYPES)}")
    index = placed.integer("index")
    weight = weights.get(index)
    return IssueNode(placed, index, name, kind, Node(weight.element, within) if weight else None)
