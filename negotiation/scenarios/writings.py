"""Plain data as YAML text that `documents.parse` reads back as it was."""

from __future__ import annotations

from typing import Any

import yaml

from negotiation.scenarios.documents import MAX_INTEGER, is_plain_word

_WIDTH = 96


class _Writer(yaml.SafeDumper):
    """Block style, lists of single values on one line, indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(writer: _Writer, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None if is_plain_word(text) else '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(writer: _Writer, values: list[Any]) -> yaml.Node:
    single = not any(isinstance(value, dict | list) for value in values)
    return writer.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=single)


class _Liner(_Writer):
    """Everything on one line."""


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)
_Liner.add_representer(str, _text)
_Liner.add_representer(list, yaml.SafeDumper.represent_list)


def as_yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)


def as_people_write(data: Any) -> Any:
    """Names first, and no ".0" behind whole figures."""
    if isinstance(data, dict):
        named = {"name": data["name"]} if "name" in data else {}
        return {key: as_people_write(value) for key, value in (named | data).items()}
    if isinstance(data, list):
        return [as_people_write(value) for value in data]
    whole = isinstance(data, float) and data.is_integer() and abs(data) <= MAX_INTEGER
    return int(data) if whole else data


def in_a_line(data: Any) -> str:
    """Plain data in one line: `[DEU, BEL]`, `{mean: 3, sd: 2}`, `"1e5"`."""
    text = yaml.dump(
        as_people_write(data),
        Dumper=_Liner,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=True,
        width=2**31,
    )
    return text.removesuffix("\n").removesuffix("\n...")
