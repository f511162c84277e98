"""The policy's editor: form and YAML of one document, and what a draft would have changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from negotiation import policy_charts
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loaders import from_data
from negotiation.scenarios.merges import merged
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion, changes_since
from negotiation.services.what_ifs import what_if
from negotiation.views import policy_drafts
from negotiation.views.access import person, rule_writers
from negotiation.views.forms import NoteForm, first_error
from negotiation.views.policy_drafts import FORM, YAML, Draft, NotRead
from negotiation.views.scenarios import after_saving, basis, current, find
from negotiation.views.statuses import CONFLICT, NO_CONTENT, UNPROCESSABLE
from negotiation.views.what_ifs import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from negotiation.models import ScenarioVersion
    from negotiation.scenarios.schema import ScenarioDocument

_REMOVED = re.compile(r"policy\.(tiers|gates|freezes)\.[0-9]{1,2}", re.ASCII)


@rule_writers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    found = find(slug)
    newest = current(found)
    if request.method != "POST":
        tab = YAML if request.GET.get("tab") == YAML else FORM
        return show_editor(request, newest, policy_drafts.shown(readable(newest), tab))
    based_on = basis(found, newest, request.POST.get("based_on", ""))
    try:
        document, draft = policy_drafts.read(readable(based_on), request.POST)
    except NotRead as refusal:
        return show_editor(request, based_on, refusal.draft, status=UNPROCESSABLE)
    go = request.POST.get("go", "save")
    if go != "save":
        return _moved_on(request, based_on, document, draft)
    note = NoteForm(request.POST)
    if not note.is_valid():
        return show_editor(
            request, based_on, draft, status=UNPROCESSABLE, note_error=first_error(note)
        )
    if document == readable(based_on):
        unchanged = "Nothing is different from what is saved already."
        return show_editor(request, based_on, draft, status=UNPROCESSABLE, note_error=unchanged)
    return _save(request, based_on, document, note.cleaned_data["note"])


@rule_writers
def attempt(request: HttpRequest, slug: str) -> HttpResponse:
    """What the draft would have done with past decisions; changes nothing."""
    found = find(slug)
    newest = current(found)
    based_on = basis(found, newest, request.POST.get("based_on", ""))
    try:
        document, _ = policy_drafts.read(readable(based_on), request.POST)
    except NotRead as refusal:
        wrong = {"draft": refusal.draft}
        return render(request, "negotiation/_what_if_wrong.html", wrong, status=UNPROCESSABLE)
    answer = what_if(
        scenario=found,
        present=readable(newest),
        draft=document,
        user=request.user,
        now=timezone.now(),
    )
    context = {
        **told(answer, request.POST.get("page", "")),
        "changes": changes_since(newest, document),
        "again": request.path,
    }
    return render(request, "negotiation/_what_if.html", context)


@rule_writers
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Who decides by score under the draft; nothing where it cannot be read yet."""
    found = find(slug)
    newest = current(found)
    based_on = basis(found, newest, request.POST.get("based_on", ""))
    try:
        document, _ = policy_drafts.read(readable(based_on), request.POST)
    except NotRead:
        return HttpResponse(status=NO_CONTENT)
    context = {**by_score(document), "changes": changes_since(based_on, document)}
    return render(request, "negotiation/_policy_preview.html", context)


def by_score(document: ScenarioDocument) -> dict[str, Any]:
    """Who decides at which scores, as a line and in words for each tier."""
    policy = document.policy.model_dump(mode="json")
    return {"zones": policy_charts.zones(policy), "spans": policy_charts.spans(policy)}


def _moved_on(
    request: HttpRequest, based_on: ScenarioVersion, document: ScenarioDocument, draft: Draft
) -> HttpResponse:
    """To the other tab, or to a draft with a part more or less."""
    go = request.POST["go"]
    if go in {FORM, YAML}:
        return show_editor(request, based_on, policy_drafts.shown(document, go, draft.text))
    try:
        if go in {"add-tiers", "add-gates", "add-freezes"}:
            document = policy_drafts.grown(document, go.removeprefix("add-"))
        elif _REMOVED.fullmatch(removed := go.removeprefix("remove-")):
            document = policy_drafts.without(document, removed)
    except (ScenarioError, IndexError) as error:
        draft.others.append(str(error))
        return show_editor(request, based_on, draft, status=UNPROCESSABLE)
    return show_editor(request, based_on, policy_drafts.shown(document, FORM))


def _save(
    request: HttpRequest, based_on: ScenarioVersion, document: ScenarioDocument, note: str
) -> HttpResponse:
    try:
        saved = policies.save(
            scenario=based_on.scenario,
            document=document,
            author=person(request),
            note=note,
            now=timezone.now(),
            based_on=based_on.number,
        )
    except NewerVersion as refusal:
        return _on_top(request, based_on, document, refusal)
    return after_saving(request, saved, page="policy")


def _on_top(
    request: HttpRequest, based_on: ScenarioVersion, mine: ScenarioDocument, refusal: NewerVersion
) -> HttpResponse:
    """What was typed, put on top of the version that somebody else saved meanwhile."""
    newer = refusal.current
    parts = (readable(based_on), mine, readable(newer))
    both = merged(*(part.model_dump(mode="json") for part in parts))
    tab = YAML if request.POST.get("tab") == YAML else FORM
    try:
        draft = policy_drafts.shown(from_data(both, source="Both together"), tab)
    except ScenarioError as error:
        draft = policy_drafts.shown(mine, YAML)
        draft.problems = list(error.problems)
    theirs = changes_since(based_on, readable(newer))
    return show_editor(request, newer, draft, status=CONFLICT, newer=refusal, theirs=theirs)


def readable(version: ScenarioVersion) -> ScenarioDocument:
    try:
        return policy_drafts.present(version)
    except ValidationError as error:
        raise Http404 from error


def show_editor(
    request: HttpRequest, version: ScenarioVersion, draft: Draft, *, status: int = 200, **more: Any
) -> HttpResponse:
    document = draft.document or readable(version)
    context: Mapping[str, Any] = {
        "scenario": version.scenario,
        "version": version,
        "draft": draft,
        "changes": changes_since(version, document),
        **by_score(document),
        "note": request.POST.get("note", "")[:300],
        **more,
    }
    return render(request, "negotiation/policy_edit.html", context, status=status)
