"""A real server with the demo in it, and a real browser, for people to go about their day."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.browsing import Desk
from tests.journeys.home import Home, furnish, served

expect.set_options(timeout=10_000)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--no-first-run"),
)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The CRM that all journeys share."""
    folder = tmp_path_factory.mktemp("home")
    tenant = furnish(folder)
    with served(tenant, folder) as address:
        yield Home(address, tenant)
    tenant.database.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that all journeys share."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield opened
        opened.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def desk(
    browser: Browser, home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """Browsers of this test's own. It fails when one of their pages complains."""
    opened = Desk(browser, home)
    yield opened
    failed = request.node.stash.get(FAILED, False)
    opened.close(tmp_path if failed or opened.troubles else None)
    assert opened.troubles == []


@pytest.fixture
def open_as(desk: Desk) -> Callable[..., Page]:
    """A page of somebody, by name."""
    return desk.open


@pytest.fixture
def rep(desk: Desk) -> Page:
    """Priya, who sells."""
    return desk.open("priya")


@pytest.fixture
def manager(desk: Desk) -> Page:
    """Marcus, who leads those who sell."""
    return desk.open("marcus")


@pytest.fixture
def admin(desk: Desk) -> Page:
    """Nora, who may do everything."""
    return desk.open("nora")


@pytest.fixture
def reader(desk: Desk) -> Page:
    """Sofia, who looks and changes nothing."""
    return desk.open("sofia")
