"""What people type, checked before a service sees it."""

from __future__ import annotations

from django import forms

LONGEST_REASON = 800
LARGEST_SEED = 2**31 - 1
SLOWEST_PACE = 60


class StartForm(forms.Form):
    """Opens a negotiation; empty fields mean the scenario's own pace and a random seed."""

    scenario = forms.SlugField()
    pace = forms.FloatField(required=False)
    seed = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_SEED)

    def clean_pace(self) -> float | None:
        pace: float | None = self.cleaned_data["pace"]
        if pace is not None and not 0 <= pace <= SLOWEST_PACE:
            raise forms.ValidationError(f"Between 0 and {SLOWEST_PACE} seconds.")
        return pace


class ReasonForm(forms.Form):
    """Why somebody steps in or decides; it goes into the record."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Say why, in a few words. It is kept in the record.",
            "max_length": f"Keep the reason under {LONGEST_REASON} characters.",
        },
    )


def first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])


class NoteForm(forms.Form):
    """What was changed and why, and the version it was changed from."""

    note = forms.CharField(
        max_length=300,
        error_messages={"required": "Say what you changed and why: others will read it."},
    )
