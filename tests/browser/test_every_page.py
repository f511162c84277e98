"""Every page in light and dark, narrow, middling and wide: axe finds nothing, nothing reaches over
the edge, the console is silent, and the policy of the page is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from django.urls import URLPattern, get_resolver, reverse
from playwright.sync_api import Page

from tests.browser.audits import THEMES, WIDTHS, Watched
from tests.browser.showrooms import Showroom

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.browser


class Look(NamedTuple):
    """A page as `who` sees it; `of` names the showroom's row whose key stands in the address."""

    name: str
    who: str | None
    of: str = ""
    query: str = ""
    args: tuple[Any, ...] = ()


LOOKS = (
    Look("login", None),
    Look("floor", "operator"),
    Look("floor", "manager", query="?state=closed"),
    Look("floor", "admin", query="?agent=cost&since=7d&q=nothing"),
    Look("negotiation", "operator", of="running"),
    Look("negotiation", "manager", of="asking"),
    Look("negotiation-evidence", "operator", of="running"),
    Look("negotiation-constraint", "operator", of="running"),
    Look("negotiation", "operator", of="asking", query="?q=no&act=propose"),
    Look("replay", "operator", of="running"),
    Look("replay", "manager", of="asking", query="?at=9"),
    Look("approvals", "manager"),
    Look("approval", "manager", of="parked"),
    Look("approval", "operator", of="executed"),
    Look("approval-amend", "manager", of="parked"),
    Look("approval-send-back", "manager", of="parked"),
    Look("approval-choose", "manager", of="asking"),
    Look("mandates", "manager"),
    Look("mandate-give", "manager", args=("cloud-placement",)),
    Look("delegations", "manager"),
    Look("reviewers", "admin"),
    Look("notifications", "manager"),
    Look("notification-settings", "manager"),
    Look("scenarios", "admin"),
    Look("scenario", "admin", args=("cloud-placement",)),
    Look("scenario-version", "operator", args=("cloud-placement", 1)),
    Look("scenario-edit", "admin", args=("cloud-placement",)),
    Look("scenario-edit", "admin", args=("cloud-placement",), query="?tab=yaml"),
    Look("scenario-new", "admin"),
    Look("scenario-new", "admin", query="?kind=copy&from=cloud-placement"),
    Look("policy", "admin", args=("cloud-placement",)),
    Look("policy-version", "admin", args=("cloud-placement", 1)),
    Look("policy-edit", "admin", args=("cloud-placement",)),
    Look("policy-edit", "admin", args=("cloud-placement",), query="?tab=yaml"),
    Look("policy-changes", "admin"),
    Look("policy-change", "steward", of="change"),
    Look("overview", "manager"),
    Look("agents", "operator"),
    Look("agent", "operator", args=("cost",)),
    Look("overview", "operator", query="?period=all"),
    Look("audit", "manager"),
    Look("audit", "admin", query="?kind=decision"),
    Look("settings", "operator"),
    Look("styleguide", "operator"),
    Look("stops", "manager"),
    Look("receiver", "operator"),
)
# Addresses that answer with something else than a page, or to a form only.
NO_PAGES = {
    "approval-answers",
    "approval-approve",
    "approval-ask",
    "approval-break-glass",
    "approval-claim",
    "approval-evidence",
    "approval-own-verdict",
    "approval-reject",
    "approval-release",
    "approval-withdraw",
    "approvals-count",
    "approvals-selected",
    "audit-check",
    "audit-export",
    "audit-mark",
    "delegation-give",
    "delegation-revoke",
    "execution-report",
    "execution-report-hook",
    "first-steps-away",
    "glass-review",
    "healthz",
    "logout",
    "mandate-revoke",
    "metrics",
    "negotiation-message",
    "negotiation-messages",
    "negotiation-pause",
    "negotiation-resume",
    "negotiation-space",
    "negotiation-start",
    "negotiation-stop",
    "negotiations-together",
    "notification-bell",
    "notifications-seen",
    "overview-csv",
    "overview-json",
    "palette",
    "policy-preview",
    "policy-ratify",
    "policy-reject",
    "policy-restore",
    "policy-try",
    "policy-change-try",
    "policy-withdraw",
    "receiver-hook",
    "replay-moment",
    "scenario-agreeable",
    "scenario-new-preview",
    "scenario-preview",
    "scenario-restore",
    "settings-theme",
    "spot-check",
    "stop",
    "stop-lift",
    "transcript-csv",
    "transcript-json",
    "view-delete",
    "view-save",
}


@pytest.fixture(scope="module")
def showroom(live: Stack) -> Showroom:
    return Showroom.furnished(live)


def named(patterns: list[Any]) -> set[str]:
    """The names of all addresses but those of Django's own admin."""
    found: set[str] = set()
    for each in patterns:
        if isinstance(each, URLPattern):
            found |= {each.name} if each.name else set()
        elif each.app_name != "admin":
            found |= named(each.url_patterns)
    return found


def test_no_page_is_forgotten() -> None:
    shown = {look.name for look in LOOKS}
    assert shown | NO_PAGES == named(get_resolver().url_patterns)
    assert shown & NO_PAGES == set()


def test_a_look_finds_what_is_wrong(open_page: Callable[..., Page]) -> None:
    watched = Watched(open_page())
    watched.page.goto("/login/")
    watched.page.evaluate(
        """() => {
          const wide = document.createElement("img");
          wide.width = 2000;
          document.querySelector("main").append(wide);
          console.error("Something is odd");
        }"""
    )
    found = " ".join(watched.faults())
    for fault in ("px wide", "axe image-alt", "console: Something is odd"):
        assert fault in found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.name}{look.query}-{look.who}")
def test_a_page_has_no_fault_in_any_theme_and_width(
    open_page: Callable[..., Page], showroom: Showroom, look: Look
) -> None:
    row = getattr(showroom, look.of) if look.of else None
    args = look.args or ([row.pk] if row else [])
    watched = Watched(open_page(look.who))
    answer = watched.page.goto(reverse(look.name, args=args) + look.query)
    assert answer is not None
    assert answer.status == 200
    assert watched.faults(THEMES, WIDTHS) == []
