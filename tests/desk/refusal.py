"""An answer of the service that refuses, for a route that stands in its way."""

from typing import Any


def refusal(kind: str, status: int) -> dict[str, Any]:
    """What `Route.fulfill` wants for a problem of this kind (RFC 9457)."""
    body = {
        "type": f"urn:nonsite:problem:{kind}",
        "title": kind,
        "title_zh": "测试中的拒绝",
        "status": status,
        "detail": "",
        "instance": "/",
        "errors": [],
    }
    return {"status": status, "json": body}
