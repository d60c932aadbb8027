"""Credentials never leave in text."""

import pytest

from base.redact import redact, redact_url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:p@ss@cam/1", "rtsp://***@cam/1"),
        ("open rtsp://u:p@h:554/x failed", "open rtsp://***@h:554/x failed"),
        ("http://h/a?access_token=abc&x=1", "http://h/a?access_token=***&x=1"),
        ("http://h/a?x=1&sign=abc", "http://h/a?x=1&sign=***"),
        ("nothing here", "nothing here"),
        (
            "rtsp://h/user=a&password=S3&channel=1",
            "rtsp://h/user=a&password=***&channel=1",
        ),
        ("rtsp://h/user=a_password=S3_channel=1", "rtsp://h/user=a_password=***"),
    ],
)
def test_redact(text: str, shown: str) -> None:
    """User info and secret query values become stars, the rest stays."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://u:p@h:554/x?token=1", "rtsp://h:554/x"),
        ("rtsp://h:99999/x", "***"),
        ("/data/a.mp4", "/data/a.mp4"),
        ("rtsp://h/user=a&password=S3&ch=1", "rtsp://h/user=a&password=***&ch=1"),
    ],
)
def test_redact_url(url: str, shown: str) -> None:
    """Of an address only scheme, host, port and path are shown."""
    assert redact_url(url) == shown
