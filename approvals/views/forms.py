"""What people type on the pages of this app, checked before a service sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from approvals.models import OwnVerdict, Question
from approvals.services import delegations
from approvals.services.batches import Item
from approvals.views.preconditions import Missing, seen_in
from negotiation.converters import row_id
from negotiation.models import Decision, Scenario
from negotiation.views.statuses import BAD_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User


ALL, AWAY = "all", "away"


class DelegationForm(forms.Form):
    """To whom, until when, and about what: "all", "away", "scenario:4" or "decision:7"."""

    about = forms.CharField(max_length=40)
    begins = forms.DateTimeField(required=False)
    ends = forms.DateTimeField(
        error_messages={
            "required": "Say until when: nothing is delegated for good.",
            "invalid": "Write the end as a day and a time, like 2026-11-30 18:00.",
        }
    )
    reason = forms.CharField(required=False, max_length=300)

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        self.fields["receiver"] = forms.ModelChoiceField(
            queryset=delegations.candidates(by),
            empty_label="Choose a person",
            error_messages={
                "required": "Choose who decides for you.",
                "invalid_choice": "Choose somebody of the list.",
            },
        )

    def clean_about(self) -> dict[str, Any]:
        about: str = self.cleaned_data["about"]
        if about in {ALL, AWAY}:
            return {"away": about == AWAY}
        kind, _, number = about.partition(":")
        found: Scenario | Decision | None = None
        pk = row_id(number)
        if pk is not None and kind == "scenario":
            found = Scenario.objects.filter(pk=pk).first()
        elif pk is not None and kind == "decision":
            found = Decision.objects.visible_to(self.by).filter(pk=pk).first()
        if found is None:
            raise forms.ValidationError("Choose one of the list: there is nothing of that name.")
        return {kind: found}


class QuestionForm(forms.Form):
    """Whom to ask what. The options that are meant instead come as `option-<issue>`."""

    seat = forms.CharField(
        max_length=160, error_messages={"required": "Choose the agent that you ask."}
    )
    kind = forms.ChoiceField(
        choices=Question.Kind, error_messages={"required": "Choose what you ask."}
    )
    subject = forms.CharField(required=False, max_length=160)


class OwnVerdictForm(forms.Form):
    view = forms.ChoiceField(
        choices=OwnVerdict.View,
        error_messages={
            "required": "Say what you would do: approve, reject, or that you are unsure.",
            "invalid_choice": "Say approve, reject or unsure.",
        },
    )


def items_of(values: Iterable[str]) -> list[Item]:
    """What was selected on the queue, each as "number tag key"; raises Missing."""
    return [_item(value) for value in values]


def _item(value: str) -> Item:
    number, _, rest = value.partition(" ")
    tag, _, key = rest.partition(" ")
    pk = row_id(number)
    if pk is None:
        raise Missing(
            "The selection cannot be read. Reload the queue and select again.", BAD_REQUEST
        )
    seen = seen_in(tag, key)
    return Item(pk, seen.revision, seen.package_hash, seen.key)
