"""A new scenario, in the interface: from a shipped one, a copy of another, or pasted YAML."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.models import Scenario
from negotiation.scenarios import drafts
from negotiation.scenarios.errors import Problem
from negotiation.scenarios.loaders import load_named, shipped
from negotiation.services import scenarios
from negotiation.services.scenarios import NameTaken
from negotiation.views import scenario_drafts
from negotiation.views.access import person, rule_writers
from negotiation.views.forms import NoteForm, first_error
from negotiation.views.policy_edits import readable
from negotiation.views.scenario_drafts import FORM, YAML
from negotiation.views.scenario_edits import beside, moved_on, show_editor
from negotiation.views.scenarios import current, find
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.views.scenario_drafts import Draft

BEGUN = "Saved as a dry run: nothing it agrees to is carried out until a second admin agrees."
EMPTY = "# Paste a scenario here.\n"


@rule_writers
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _posted(request)
    origin, kind = request.GET.get("from", ""), request.GET.get("kind", "")
    if kind == "yaml":
        return _show(request, scenario_drafts.read({"tab": YAML, "draft": EMPTY}, _usual()))
    if kind == "shipped" and origin in shipped():
        tree = drafts.tree_of(load_named(origin))
    elif kind == "copy":
        tree = drafts.tree_of(readable(current(find(origin))))
        tree["title"] = f"Copy of {tree['title']}"[:80]
    else:
        return render(request, "negotiation/scenario_new.html", _choices())
    tree["name"] = _free(tree["name"])
    tree["executor"] = {"kind": "dry-run"}
    return _show(request, scenario_drafts.opened(tree, FORM))


@rule_writers
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    draft = scenario_drafts.read(request.POST, _usual())
    context = {**beside(request, draft), "live": True}
    return render(request, "negotiation/_scenario_preview.html", context)


def _posted(request: HttpRequest) -> HttpResponse:
    draft = scenario_drafts.read(request.POST, _usual())
    if (go := request.POST.get("go", "save")) != "save":
        return _show(request, moved_on(draft, go, _usual()))
    if draft.problems or draft.document is None:
        return _show(request, draft, status=UNPROCESSABLE, refused=True)
    note = NoteForm(request.POST)
    if not note.is_valid():
        return _show(
            request, draft, status=UNPROCESSABLE, refused=True, note_error=first_error(note)
        )
    try:
        saved = scenarios.begin(
            document=draft.document,
            author=person(request),
            note=note.cleaned_data["note"],
            now=timezone.now(),
        )
    except NameTaken:
        name = draft.document.name
        draft.tell(Problem(("name",), f"there is a scenario '{name}' already", "choose another"))
        return _show(request, draft, status=UNPROCESSABLE, refused=True)
    messages.success(request, BEGUN)
    return redirect("scenario", slug=saved.scenario.slug)


def _usual() -> dict[str, Any]:
    """A document that is right: what stands in for faulty places while the others are looked at."""
    return drafts.tree_of(load_named(next(iter(shipped()))))


def _choices() -> dict[str, Any]:
    stored = Scenario.objects.filter(current__isnull=False).values_list("slug", "title")
    return {
        "shipped": [(name, load_named(name)) for name in shipped()],
        "stored": list(stored[:200]),
    }


def _free(name: str) -> str:
    taken = set(Scenario.objects.values_list("slug", flat=True))
    if name not in taken:
        return name
    return next(each for number in count(2) if (each := f"{name[:36]}-{number}") not in taken)


def _show(request: HttpRequest, draft: Draft, *, status: int = 200, **more: Any) -> HttpResponse:
    return show_editor(request, {**beside(request, draft), **more}, status=status)
