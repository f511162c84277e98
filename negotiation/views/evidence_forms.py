"""What a person tells the seats of a table, as it is typed."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from django import forms

from negotiation import wishes
from negotiation.engine.messages import Evidence
from negotiation.views.forms import ReasonForm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from negotiation.tellings import Believed

KINDS = (
    ("measured", "measured: somebody looked"),
    ("documented", "documented: a contract, a price list, a data sheet"),
    ("estimated", "estimated: somebody who knows says so"),
)
LARGEST = 1e100


class EvidenceForm(forms.Form):
    """What a person knows about one fact."""

    fact = forms.ChoiceField(
        label="What it is about",
        error_messages={
            "required": "Choose what it is about.",
            "invalid_choice": "Choose one of the facts of this table.",
        },
    )
    value = forms.CharField(max_length=40, error_messages={"required": "How much is it?"})
    doubt = forms.CharField(
        label="Give or take",
        max_length=40,
        error_messages={"required": "How far may it be off? 0 if it is exact."},
    )
    kind = forms.ChoiceField(
        label="How it is known",
        choices=KINDS,
        error_messages={"required": "Choose how it came to be known."},
    )
    source = forms.CharField(
        max_length=160, error_messages={"required": "Name the source: others will look it up."}
    )
    url = forms.URLField(
        label="Address",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "An address begins with https:// or http://, or is left out."},
    )
    observed_on = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "A day, as in 2026-11-23, or nothing."},
    )
    reason = ReasonForm.base_fields["reason"]

    def __init__(self, data: Mapping[str, Any] | None, facts: list[Believed], today: date) -> None:
        super().__init__(data)
        self.units = {fact.name: fact.unit for fact in facts}
        self.today = today
        about = cast("forms.ChoiceField", self.fields["fact"])
        self.labels = {fact.name: fact.label for fact in facts}
        about.choices = list(self.labels.items())

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("http://", "https://")):
            raise forms.ValidationError("An address begins with https:// or http://.")
        return url

    def clean_observed_on(self) -> date | None:
        day: date | None = self.cleaned_data["observed_on"]
        if day and (day > self.today or day.year < 1900):
            raise forms.ValidationError("A day of the past, or today.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        unit = self.units.get(cleaned.get("fact", ""), "")
        for name in {"value", "doubt"} & cleaned.keys():
            number = wishes.number(cleaned[name], unit)
            if number is None or not isfinite(number) or abs(number) > LARGEST:
                said = f"A number{f' in {unit}' if unit else ''}, as in 4,500 or 4.5 k."
                self.add_error(name, said)
            else:
                cleaned[name] = number
        doubt = cleaned.get("doubt", 1.0)
        if doubt < 0:
            self.add_error("doubt", "How far off it may be is 0 or more.")
        elif doubt == 0 and cleaned.get("kind") == "estimated":
            self.add_error("doubt", "An estimate is never exact. How far may it be off?")
        return cleaned

    def written(self) -> list[tuple[str, str]]:
        """What was typed and picked, each with its label."""
        picked = {"fact": self.labels, "kind": dict(KINDS)}
        typed = {field.name: str(field.value() or "") for field in self}
        return [
            (str(self[name].label), picked.get(name, {}).get(text, text))
            for name, text in typed.items()
            if text.strip()
        ]

    def evidence(self) -> Evidence:
        """What the form says, once it is valid."""
        said, day = self.cleaned_data, self.cleaned_data["observed_on"]
        return Evidence(
            fact=said["fact"],
            mean=said["value"],
            sd=said["doubt"],
            source=said["source"],
            root="",
            kind=said["kind"],
            observed_on=day.isoformat() if day else "",
            age_days=float((self.today - day).days) if day else 0.0,
            url=said["url"],
        )
