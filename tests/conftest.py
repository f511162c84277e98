"""Fixtures for all tests: people, clients, the running stack, a browser."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import sync_playwright

from negotiation.message_server import client as redis_client
from negotiation.roles import Role
from tests import machine, servers
from tests.negotiation.services.targets import SECRET, Target, listening
from tests.stack import NAMES, Keeper, Stack, committed_people

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import Settings

QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
LOOPBACK = ("127.", "::1", "localhost")


class OutsideNetwork(RuntimeError):
    """A test tried to reach something beyond this machine."""


@pytest.fixture(scope="session", autouse=True)
def _no_network_beyond_loopback() -> Iterator[None]:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(
            LOOPBACK
        ):
            raise OutsideNetwork(f"{OutsideNetwork.__doc__} ({address})")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _settings_for_speed() -> Iterator[None]:
    """Passwords that hash at once, and pages that need no collected static files."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=[QUICK_HASHER, *django_settings.PASSWORD_HASHERS],
        STORAGES={**django_settings.STORAGES, "staticfiles": plain},
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The servers and the test database, made for the first test that wants rows; pytest-django's
    own would make none for a run in which all tests use `live`.
    """
    servers.start_postgres()
    servers.start_redis()
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if servers.redis_runs() and "live" not in request.fixturenames:
        redis_client().flushdb()


def _person(name: str) -> User:
    # The engine's tests, which read this file too, need no rows.
    from tests import factories  # noqa: PLC0415

    return factories.person(*NAMES[name], name=name)


@pytest.fixture
def operator(db: None) -> User:
    return _person(Role.OPERATOR)


@pytest.fixture
def manager(db: None) -> User:
    return _person(Role.MANAGER)


@pytest.fixture
def admin(db: None) -> User:
    return _person(Role.ADMIN)


@pytest.fixture
def stranger(db: None) -> User:
    """Signed in, and without any role."""
    return _person("stranger")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A signed-in client for a person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def operator_client(operator: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(operator)


@pytest.fixture
def manager_client(manager: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(manager)


@pytest.fixture
def admin_client(admin: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(admin)


@pytest.fixture
def stranger_client(stranger: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(stranger)


_KEEPER = pytest.StashKey[Keeper]()


@pytest.fixture(scope="session")
def keeper(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Keeper]:
    keeper = request.config.stash[_KEEPER] = Keeper(django_db_blocker)
    yield keeper
    keeper.end()


@pytest.fixture(scope="module")
def live(keeper: Keeper, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """The running stack. The tests of a module share its database, committed for real, so they
    need no `django_db` mark; it is emptied when the module ends. The processes stay for the next
    module that wants them.
    """
    # daphne, in its own process, knows Django's own hashers only.
    hashers = [name for name in django_settings.PASSWORD_HASHERS if name != QUICK_HASHER]
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=hashers),
        committed_people(_person) as people,
    ):
        stack = keeper.lend()
        stack.people = people
        yield stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    keeper = item.config.stash.get(_KEEPER, None)
    if keeper and "live" not in getattr(nextitem, "fixturenames", ()):
        keeper.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no process is left with one at the end; then those
    of the running stack, one after the other, because it starts once for them."""

    def place(item: pytest.Item) -> int:
        if item.get_closest_marker("long"):
            return 0
        return 1 if "live" in getattr(item, "fixturenames", ()) else 2

    first: dict[str, int] = {}
    for item in items:
        file = item.nodeid.partition("::")[0]
        first[file] = min(first.get(file, 2), place(item))
    items.sort(key=lambda item: first[item.nodeid.partition("::")[0]])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; one per module, because Playwright's loop disturbs async tests."""
    executable = machine.chromium()
    if executable is None:
        if machine.in_ci():
            pytest.fail(machine.NO_CHROMIUM)
        pytest.skip(machine.NO_CHROMIUM)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The loop is Playwright's own; the tests touch rows only between its calls.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(
            executable_path=executable, args=list(machine.CHROMIUM_FLAGS)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(live: Stack, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of the running stack, `open_page("manager", width=375)`, each in a browser of
    its own; without a name nobody is signed in. A script error or a CSP violation fails the test.
    """
    complaints: list[str] = []
    contexts = []

    def open_one(
        name: str | None = None, *, width: int = 1280, height: int = 800, **o: Any
    ) -> Page:
        context = browser.new_context(
            base_url=live.url, viewport={"width": width, "height": height}, **o
        )
        contexts.append(context)
        if name:
            cookie = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": cookie, "value": live.session_of(name), "url": live.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text) if "Content Security Policy" in line.text else None
            ),
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    # Playwright's loop gives the test a database connection of its own.
    connections.close_all()
    assert complaints == []


@pytest.fixture
def target(settings: Settings) -> Iterator[Target]:
    """A webhook target that really listens."""
    with listening() as server:
        settings.WEBHOOK_TARGETS = {
            "demo": {"url": server.url, "secret": SECRET, "allow_private": True}
        }
        yield server
