"""What is held against exactly one limit: hard rules, gates, and what a person asks for."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import model_validator

from negotiation.scenarios.fields import Part


class OneLimit(Part):
    """What is held against exactly one limit of these `KINDS`."""

    KINDS: ClassVar[tuple[str, ...]]

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if len(self.limits) != 1:
            raise ValueError(f"needs exactly one of {', '.join(self.KINDS)}")
        return self

    @property
    def limits(self) -> dict[str, Any]:
        stated = {kind: getattr(self, "in_" if kind == "in" else kind) for kind in self.KINDS}
        return {kind: limit for kind, limit in stated.items() if limit is not None}
