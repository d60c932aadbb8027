"""Debian's Chromium in its headless form, for every test that looks at a page.

It is the same engine with the same codecs and sound, without the windows around it:
a page costs a third of the CPU.
"""

from pathlib import Path

from playwright.sync_api import Browser, Playwright

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
MISSING = "Chromium is missing: run `make apt`"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
SOUND_UNASKED = "--autoplay-policy=no-user-gesture-required"


def chromium(playwright: Playwright, *, sounds_unasked: bool = True) -> Browser:
    """The browser, without a word to the outside.

    Args:
        playwright: What drives it.
        sounds_unasked: Pages may sound before a click; people's browsers forbid it.
    """
    more = [SOUND_UNASKED] if sounds_unasked else []
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *more])
