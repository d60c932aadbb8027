"""The start page: alerts and cameras, live, where the desk was not built.

Its script and style stand inside it and are named by their digests in the content
security policy, so that nothing else on it can run, whatever a title holds.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the policy under which a browser runs it."""

    html: str
    policy: str


@cache
def start_page() -> Page:
    """The packaged page, read once."""
    html = (files("api") / "start_page.html").read_text(encoding="utf-8")
    scripts = " ".join(_digests(html, "script"))
    styles = " ".join(_digests(html, "style"))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; "
        "img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Page(html, policy)


def _digests(html: str, tag: str) -> list[str]:
    parts: list[str] = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    digests = [hashlib.sha256(part.encode()).digest() for part in parts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
