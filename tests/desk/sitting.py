"""A person at a browser before the real service: pages, console, keys."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
)

from tests.desk.people import PASSWORD

DESK_PX: ViewportSize = {"width": 1366, "height": 768}
PHONE_PX: ViewportSize = {"width": 390, "height": 844}
SLOW_MS = 15_000

CLAIM_HELD = re.compile(r"status of 409 \(Conflict\) \(\S+/alerts/(\S+)/claim\)$")
"""Whoever logs in lands before the first item; somebody else may work on it by then.
The desk says so in words, and the browser notes the answer whatever the desk does."""

PICTURE_HELD = re.compile(r"status of 422 \(.+\) \(\S+/alerts/(\S+)/evidence/\S+\)$")
"""Pictures asked for together with that claim: they then want a reason."""


@dataclass
class Sitting:
    """One person's browser; what its console says is an error of the test.

    Attributes:
        page: The page they look at.
        context: Their browser profile: cookies, storage.
        address: Of the service.
        allowed: What the console may say in this test, as patterns.
    """

    page: Page
    context: BrowserContext
    address: str
    allowed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SLOW_MS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(f"threw: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self.said.append(f"{message.type}: {message.text} ({where})")

    def open(self, path: str) -> "Sitting":
        """Go to a page of the desk."""
        self.page.goto(self.address + path)
        return self

    def log_in(self, name: str) -> "Sitting":
        """Through the login page, as anybody does."""
        self.page.goto(self.address)
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("header, main.officer").first).to_be_visible()
        return self

    def press(self, *keys: str) -> None:
        """Keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def settle(self) -> None:
        """Wait until what is shown is there: no spinner, no picture on its way."""
        expect(self.page.locator(".ant-spin-spinning")).to_have_count(0)
        self.page.evaluate(
            "Promise.all([...document.images].map(it => it.decode().catch(() => 0)))"
        )
        self.page.evaluate(
            "Promise.all(document.getAnimations()"
            ".map(it => it.finished.catch(() => 0)))"
        )

    def complaints(self) -> list[str]:
        """What the console said and may not say."""
        held = {it[1] for said in self.said if (it := CLAIM_HELD.search(said))}
        return [
            said
            for said in self.said
            if not CLAIM_HELD.search(said)
            and not ((it := PICTURE_HELD.search(said)) and it[1] in held)
            and not any(re.search(it, said) for it in self.allowed)
        ]
