"""Takes credentials out of text before it reaches a log, an error or a page.

Camera addresses carry user and password (`rtsp://user:pass@host/…`) and tokens in
query strings; libav repeats whole addresses in its messages.
"""

import re
from urllib.parse import urlsplit

_USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s\"']*@", re.IGNORECASE)
_QUERY_SECRET = re.compile(
    r"(?P<key>[?&;](?:[^=&\s]*(?:token|secret|passw(?:or)?d|pwd|sign(?:ature)?|key|auth)"
    r"[^=&\s]*))=[^&\s\"']*",
    re.IGNORECASE,
)
_SECRET_PAIR = re.compile(
    r"(?P<key>(?:token|secret|passw(?:or)?d|pwd)=)(?!\*\*\*)[^&\s\"'/?]+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The same text with user info and secret-looking query values as `***`."""
    text = _USERINFO.sub(r"\g<scheme>***@", text)
    text = _QUERY_SECRET.sub(r"\g<key>=***", text)
    return _SECRET_PAIR.sub(r"\g<key>***", text)


def redact_url(url: str) -> str:
    """An address fit to show: scheme, host, port and path; never user info or query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "***"
    if not parts.scheme or parts.hostname is None:
        return redact(url.split("?", 1)[0])
    return redact(f"{parts.scheme}://{parts.hostname}{port}{parts.path}")
