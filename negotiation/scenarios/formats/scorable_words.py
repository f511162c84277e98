"""What a scorable game's instructions call its issues and options, where that is certain.

`Issue A: "Infrastructure Mix"` names an issue. An option is named by `A1 "water-based": …` or
`F1: "No Action": …` (the words in quotes), or by `D1: $3 billion.` (the whole line). An issue
whose options are not all named once, by different words, keeps A1, A2, ….
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LONGEST = 80


class Worded(NamedTuple):
    title: str = ""
    options: tuple[str, ...] = ()


def worded(instructions: str, letter: str, width: int) -> Worded:
    """The words for an issue with `width` options; empty where they are not certain."""
    titles = re.findall(rf'^Issue {letter}: *"([^"\n]+)" *$', instructions, re.MULTILINE)
    title = titles[0].strip() if len(titles) == 1 else ""
    lines = re.findall(rf"^{letter}([0-9]+)\b(.*)$", instructions, re.MULTILINE)
    if [number for number, _ in lines] != [str(number) for number in range(1, width + 1)]:
        return Worded(title)
    options = tuple(_option(rest) for _, rest in lines)
    certain = all(options) and len(set(options)) == len(options)
    return Worded(title, options if certain else ())


def _option(rest: str) -> str:
    """The words of an option in what follows its code."""
    quoted = re.match(r'\s*"([^"]+)"', rest) or re.match(r'\s*:\s*"([^"]+)"\s*(?::|\.?\s*$)', rest)
    if quoted:
        text = quoted[1]
    elif told := re.match(r"\s*:\s*(.+)$", rest):
        text = told[1].strip().removesuffix(".")
    else:
        return ""
    text = text.strip()
    return text if len(text) <= _LONGEST else ""
