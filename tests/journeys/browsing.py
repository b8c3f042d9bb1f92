"""People at a browser, and the watch that is kept over what their pages complain of."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    ViewportSize,
)

from tests.journeys.home import Home

COOKIE = "pulse_session"
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
JUDGED_BY_ANSWER = "Failed to load resource"  # said again, less exactly, of every answer from 400 on


@dataclass
class Desk:
    """Browsers for whoever a test needs, one context each, and what went wrong in them.

    `expected` holds the refusals that the test provokes, by their status.
    """

    browser: Browser
    home: Home
    expected: set[int] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, name: str = "", viewport: ViewportSize = DESK, **options: Any) -> Page:
        """A page of somebody who is signed in; of a stranger without a name."""
        context = self.browser.new_context(
            base_url=self.home.address, viewport=viewport, locale="en-US", **options
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if name:
            secret = self.home.cookie(name)
            context.add_cookies([{"name": COOKIE, "value": secret, "url": self.home.address}])
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("response", self._judge)
        return context.new_page()

    def close(self, pictures: Path | None = None) -> None:
        """Close everything; first keep what each page looked like, if that is wanted."""
        for number, context in enumerate(self.contexts):
            for page in context.pages if pictures else ():
                page.screenshot(path=f"{pictures}/failed-{number}.png")
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(JUDGED_BY_ANSWER):
            self.troubles.append(f"console: {message.text}")

    def _judge(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"answer: {response.status} {response.request.method} {response.url}")


def toasts(page: Page) -> Locator:
    """Where a page says what has just happened."""
    return page.locator("#toasts")


def more(page: Page) -> Locator:
    """What opens the menu at the top of a page."""
    return page.get_by_role("banner").get_by_label("More")
