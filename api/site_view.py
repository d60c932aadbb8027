"""A site's revision as the API tells it."""

import json
from typing import Annotated

from pydantic import Field, JsonValue

from api.draft_view import without_secrets
from api.shown import Shown, UtcTime
from sites.revision import Revision


class ShownSite(Shown):
    """One configuration; its id is the SHA-256 of its canonical JSON."""

    revision: Annotated[str, Field(description="SHA-256 of the canonical content")]
    created_at: Annotated[UtcTime, Field(description="wall time it was imported")]
    author: Annotated[str, Field(description="who imported it")]
    note: Annotated[str, Field(description="why, one line")]
    content: Annotated[
        dict[str, JsonValue],
        Field(description="the site file with every default, secrets as ***"),
    ]


def site_of(revision: Revision) -> ShownSite:
    """One revision; tokens in the query of a feed's address are taken out."""
    content: dict[str, JsonValue] = json.loads(revision.content)
    return ShownSite(
        revision=revision.id,
        created_at=revision.created_at,
        author=revision.author,
        note=revision.note,
        content={k: without_secrets(v) for k, v in content.items()},
    )
