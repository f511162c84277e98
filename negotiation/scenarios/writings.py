"""Plain data as YAML text that `documents.parse` reads back as it was."""

from __future__ import annotations

from typing import Any

import yaml

from negotiation.scenarios.documents import is_plain_word

_WIDTH = 96


class _Writer(yaml.SafeDumper):
    """Block style, lists of single values on one line, indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(writer: _Writer, text: str) -> yaml.Node:
    style = None if is_plain_word(text) else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(writer: _Writer, values: list[Any]) -> yaml.Node:
    single = not any(isinstance(value, dict | list) for value in values)
    return writer.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=single)


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)


def as_yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)
