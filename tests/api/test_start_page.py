"""The start page: self-contained, nothing runs on it but what it brought."""

import base64
import hashlib
import re

import pytest

from api.start_page import start_page


def test_page_has_its_own_policy() -> None:
    """Its one script and style run by digest; nothing else may."""
    policy = start_page().policy
    (script,) = re.findall(r"<script>(.*?)</script>", start_page().html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_page_needs_no_other_host() -> None:
    """It works on an isolated network: no address of another host is in it."""
    html = start_page().html

    assert re.findall(r"https?://|//[a-z]", html.replace("// ", "")) == []
    assert "<script src" not in html
    assert '<link rel="stylesheet' not in html


@pytest.mark.parametrize(
    "way_in",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("],
)
def test_page_never_makes_markup_of_text(way_in: str) -> None:
    """Titles and names enter as text: none of the ways that parse markup is used."""
    assert way_in not in start_page().html


def test_page_has_no_handler_or_style_attribute() -> None:
    """Inline handlers and styles would need a weaker policy."""
    html = start_page().html

    assert re.findall(r"<[^>]+\s(?:on\w+|style)=", html) == []


def test_page_stays_small() -> None:
    """It stands in for the desk, and must not become one."""
    assert len(start_page().html.splitlines()) <= 250
