"""From a figure to what it is worth: the forms in which a document may say it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from negotiation.scenarios.fields import Label, Number, Part, Share

Triangle = Annotated[list[Number], Field(min_length=3, max_length=3)]


class Value(Part):
    """A value between 0 and 1: `worst` and `best`, a `triangle`, `points`, or a `table`."""

    worst: Number | None = None
    best: Number | None = None
    triangle: Triangle | None = None
    points: Annotated[list[list[Number]], Field(min_length=2, max_length=50)] | None = None
    table: Annotated[dict[Label, Share], Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        line = self.worst is not None and self.best is not None
        half = (self.worst is None) != (self.best is None)
        given = [line, *(form is not None for form in (self.triangle, self.points, self.table))]
        if half or given.count(True) != 1:
            raise ValueError("needs either worst and best, or a triangle, or points, or a table")
        if line and self.worst == self.best:
            raise ValueError("worst and best are equal; they must differ")
        return self

    @model_validator(mode="after")
    def _the_triangle_rises(self) -> Self:
        if self.triangle is not None:
            low, peak, high = self.triangle
            if not low <= peak <= high or low == high:
                raise ValueError("a triangle is [low, peak, high], rising from low to high")
        return self
