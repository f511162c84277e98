"""Checks the evidence file of one decision, offline: `python verify_evidence.py FILE [HASH]`.

Needs nothing but Python. HASH is the end of the chain as somebody outside noted it (an anchor).
The file carries every text byte for byte as it was hashed; docs/operations.md says what is in it.
"""

import hashlib
import json
import sys
from typing import Any


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def problems(content: str, anchored: str = "") -> list[str]:
    """What is wrong with the file, in sentences; none if it is sound."""
    try:
        seal, _, body = content.partition("\n")
        if seal != f'{{"sha256": "{sha256(body)}",':
            return ["The first line is not the SHA-256 of the rest: a byte was changed."]
        evidence = json.loads(content)["evidence"]
        return [*_rows(evidence), *_chain(evidence, anchored), *_texts(evidence)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [f"This is no evidence file: {error!r}."]


def _rows(evidence: Any) -> list[str]:
    return [
        f"Audit row {row['number']} is not what was hashed."
        for row in evidence["audit"]
        if row["hash"] != sha256(row["previous_hash"] + sha256(row["text"]))
        or str(row["number"]) != json.loads(row["text"])["number"]
    ]


def _chain(evidence: Any, anchored: str) -> list[str]:
    """From the hash before the first row to the head, link by link."""
    chain, rows = evidence["chain"], {row["number"]: row for row in evidence["audit"]}
    value, seen, found = chain["after_hash"], {chain["after_hash"]}, []
    for number, digest in enumerate(chain["links"], chain["after"] + 1):
        value = sha256(value + digest)
        seen.add(value)
        row = rows.get(number)
        if row and (row["hash"] != value or sha256(row["text"]) != digest):
            found.append(f"Audit row {number} is not part of the chain.")
    if (chain["head"]["number"], chain["head"]["hash"]) != (
        chain["after"] + len(chain["links"]),
        value,
    ):
        found.append("The chain does not lead to its head.")
    if anchored and anchored not in seen:
        found.append("The chain of this file does not meet the hash you gave.")
    return found


def _texts(evidence: Any) -> list[str]:
    """The newest row that speaks of a text has its hash."""
    found, texts = [], evidence["texts"]
    said: dict[str, Any] = {}
    for row in evidence["audit"]:
        details = json.loads(row["text"])["details"]
        if "judgement" in details:
            said = details
    if not said:
        return ["No audit row names what was judged: the decision is older than the chain."]
    for name in ("package", "judgement", "policy", "transcript"):
        text = texts[name]
        if name == "transcript":  # It may have gone on since.
            text = "\n".join(text.split("\n")[: said.get("messages", 0)])
        if said.get(name) != sha256(text):
            found.append(f"The {name} is not the one that the audit trail names.")
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", newline="") as file:  # noqa: PTH123  (nothing but plain Python)
        wrong = problems(file.read(), "".join(sys.argv[2:3]))
    print("\n".join(wrong) or "The evidence is sound.")  # noqa: T201  (a script)
    sys.exit(bool(wrong))
