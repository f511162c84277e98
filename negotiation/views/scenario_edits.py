"""The scenario's editor: form and YAML of one document, with what it comes to beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.scenarios import drafts
from negotiation.scenarios.differences import differences
from negotiation.scenarios.errors import Problem
from negotiation.scenarios.loosenings import loosens
from negotiation.scenarios.merges import merged
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion, changes_since
from negotiation.views import scenario_drafts, scenario_previews
from negotiation.views.access import person, rule_writers
from negotiation.views.forms import NoteForm, first_error
from negotiation.views.policy_edits import readable
from negotiation.views.scenario_drafts import FORM, YAML, Draft
from negotiation.views.scenario_steps import stepped
from negotiation.views.scenarios import after_saving, basis, current, find
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from negotiation.models import ScenarioVersion
    from negotiation.scenarios.schema import ScenarioDocument

UNCHANGED = "Nothing is different from what is saved already."
RENAMED = Problem(
    ("name",), "the name is part of the scenario's address and stays", "copy it instead"
)


@rule_writers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    newest = current(find(slug))
    if request.method != "POST":
        tab = YAML if request.GET.get("tab") == YAML else FORM
        draft = scenario_drafts.opened(drafts.tree_of(readable(newest)), tab)
        return _show(request, newest, draft)
    based_on = basis(newest.scenario, newest, request.POST.get("based_on", ""))
    base = drafts.tree_of(readable(based_on))
    draft = scenario_drafts.read(request.POST, base)
    if request.POST.get("go", "save") != "save":
        return _show(request, based_on, moved_on(draft, request.POST["go"], base))
    return _save(request, based_on, draft)


@rule_writers
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What the draft comes to; changes nothing."""
    newest = current(find(slug))
    based_on = basis(newest.scenario, newest, request.POST.get("based_on", ""))
    draft = scenario_drafts.read(request.POST, drafts.tree_of(readable(based_on)))
    told = {**beside(request, draft), **_compared(based_on, draft.document)}
    context = {**told, "version": based_on, "live": True}
    return render(request, "negotiation/_scenario_preview.html", context)


def moved_on(draft: Draft, go: str, base: dict[str, Any]) -> Draft:
    """The draft in the other tab, or with a part more or less, or merely read again."""
    if go in {FORM, YAML}:
        return scenario_drafts.turned(draft, go, base)
    if draft.tree is None or draft.tab != FORM:
        return draft
    tree, where = stepped(draft.tree, go)
    if tree is draft.tree:
        return draft
    later = scenario_drafts.changed(tree, base)
    later.look_at(where)
    return later


def _save(request: HttpRequest, based_on: ScenarioVersion, draft: Draft) -> HttpResponse:
    if draft.document and draft.document.name != based_on.scenario.slug:
        draft.tell(RENAMED)
    if draft.problems or draft.document is None:
        return _show(request, based_on, draft, status=UNPROCESSABLE, refused=True)
    note = NoteForm(request.POST)
    if not note.is_valid():
        wrong = first_error(note)
        return _show(request, based_on, draft, status=UNPROCESSABLE, refused=True, note_error=wrong)
    if draft.document == readable(based_on):
        return _show(
            request, based_on, draft, status=UNPROCESSABLE, refused=True, note_error=UNCHANGED
        )
    try:
        saved = policies.save(
            scenario=based_on.scenario,
            document=draft.document,
            author=person(request),
            note=note.cleaned_data["note"],
            now=timezone.now(),
            based_on=based_on.number,
        )
    except NewerVersion as refusal:
        return _on_top(request, based_on, draft.document, refusal)
    return after_saving(request, saved, page="scenario")


def _on_top(
    request: HttpRequest, based_on: ScenarioVersion, mine: ScenarioDocument, refusal: NewerVersion
) -> HttpResponse:
    """What was typed, put on top of the version that somebody else saved meanwhile."""
    newer = refusal.current
    base, own, theirs = (
        part.model_dump(mode="json") for part in (readable(based_on), mine, readable(newer))
    )
    both = drafts.without_blanks(merged(base, own, theirs))
    draft = scenario_drafts.opened(both, FORM)
    if request.POST.get("tab") == YAML:
        draft = scenario_drafts.turned(draft, YAML, both)
    by_them, by_me = differences(base, theirs), differences(base, own)
    told = {
        "newer": refusal,
        "theirs": by_them,
        "mine": by_me,
        "both": {one.where for one in by_them} & {one.where for one in by_me},
    }
    return _show(request, newer, draft, status=CONFLICT, **told)


def beside(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """What stands beside the form: what is wrong, what each seat wants, whether they can agree."""
    found = scenario_previews.looked_at(draft.document) if draft.document else None
    asked = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "draft": draft,
        "wants": scenario_previews.wants(draft.tree or {}, found),
    }
    if found is not None:
        x, y = asked.get("space_x", ""), asked.get("space_y", "")
        context["answer"] = scenario_previews.answer(found)
        context["space"] = scenario_previews.space(found, x, y)
    return context


def _compared(based_on: ScenarioVersion, document: ScenarioDocument | None) -> Mapping[str, Any]:
    """What the draft changes, in words, and whether one admin may."""
    if document is None:
        return {}
    policy = changes_since(based_on, document)
    return {
        "differences": differences(
            readable(based_on).model_dump(mode="json"), document.model_dump(mode="json")
        ),
        "policy_changes": [one for one in policy if one.effect != "neutral"],
        "loosens": loosens(policy),
    }


def _show(
    request: HttpRequest, version: ScenarioVersion, draft: Draft, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "scenario": version.scenario,
        "version": version,
        **beside(request, draft),
        **_compared(version, draft.document),
        **more,
    }
    return show_editor(request, context, status=status)


def show_editor(
    request: HttpRequest, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    draft = context["draft"]
    draft.draw(context["wants"])
    context["note"] = request.POST.get("note", "")[:300]
    return render(request, "negotiation/scenario_edit.html", context, status=status)
