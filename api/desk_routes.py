"""The web desk as `make setup` built it: its page, its assets, nothing else.

The page is one HTML file for every address of the desk; its policy lets run what was
built with it and nothing else, styles that Ant Design makes while running by a nonce
that is new at each answer. Where no desk was built, `/` is the plain start page.
"""

import re
import secrets
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from api.start_page import start_page

BUILT = Path(__file__).with_name("desk_built")
"""Where Vite puts the desk (desk/vite.config.ts)."""

PAGES = (
    "login review alerts cameras zones shift reports officer tasks leads people blind "
    "misses audit delivery duty"
).split()
"""First parts of the desk's addresses; every other address is none of its."""

NONCE = "__NONCE__"
"""What Vite writes where the nonce belongs."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""Media types of what is built; a file of another kind is not served."""

A_YEAR = "public, max-age=31536000, immutable"
"""Assets are named by their content."""

WORKER = "officer_sw.js"
"""What answers for the officer's page without a network; `desk/public`."""

WORKER_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
}
"""It asks the service and nobody else, and is asked for anew at every opening."""

_NAME = re.compile(r"(?=.{1,100}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def policy(nonce: str) -> str:
    """The content security policy of the page."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def desk_router(folder: Path = BUILT) -> APIRouter:
    """Routes that serve the desk built into `folder`, or the start page without it."""
    router = APIRouter(include_in_schema=False)

    def page() -> HTMLResponse:
        index = folder / "index.html"
        if not index.is_file():
            shown = start_page()
            headers = {"Content-Security-Policy": shown.policy}
            return HTMLResponse(shown.html, headers=headers)
        nonce = secrets.token_urlsafe(16)
        html = index.read_text(encoding="utf-8").replace(NONCE, nonce)
        return HTMLResponse(html, headers={"Content-Security-Policy": policy(nonce)})

    def asset(name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
        return _file(folder / "assets", name, packed="gzip" in accept_encoding)

    def icon() -> Response:
        return _file(folder, "favicon.svg", packed=False)

    def worker() -> Response:
        answer = _file(folder, WORKER, packed=False)
        answer.headers.update(WORKER_HEADERS)
        return answer

    router.add_api_route("/", page)
    for first in PAGES:
        router.add_api_route(f"/{first}", page)
        router.add_api_route(f"/{first}/{{rest:path}}", page)
    router.add_api_route("/assets/{name}", asset)
    router.add_api_route("/favicon.svg", icon)
    router.add_api_route(f"/{WORKER}", worker)
    return router


def _file(folder: Path, name: str, *, packed: bool) -> Response:
    media_type = TYPES.get(Path(name).suffix)
    path = folder / name
    if media_type is None or not _NAME.fullmatch(name) or not path.is_file():
        raise HTTPException(404)
    headers = {"Cache-Control": A_YEAR, "Vary": "Accept-Encoding"}
    small = folder / f"{name}.gz"
    if packed and small.is_file():
        headers["Content-Encoding"] = "gzip"
        path = small
    return FileResponse(path, media_type=media_type, headers=headers)
