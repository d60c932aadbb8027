"""Immutable revisions of a site's configuration: the file is an import format only.

A revision is named by the SHA-256 of its canonical JSON; evidence cites that name, and
workers are told it. The SQL form of the store is in alerts.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from sites.schema import Site

RevisionId = NewType("RevisionId", str)


@dataclass(frozen=True, slots=True)
class Revision:
    """One configuration, as it was at one time.

    Attributes:
        id: SHA-256 of `content`, hex.
        content: Canonical JSON of the site.
        created_at: When it was imported or saved, UTC.
        author: Who did, as named by the caller.
        note: Why, one line.
    """

    id: RevisionId
    content: str
    created_at: datetime
    author: str
    note: str = ""

    @property
    def site(self) -> Site:
        """The configuration itself."""
        return Site.model_validate_json(self.content)


def canonical_json(site: Site) -> str:
    """The one JSON text of a site: sorted keys, no spaces, UTF-8, defaults written."""
    content = site.model_dump(mode="json")
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def revision_of(
    site: Site, created_at: datetime, author: str, note: str = ""
) -> Revision:
    """A new revision of `site`."""
    content = canonical_json(site)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Revision(RevisionId(digest), content, created_at, author, note)


class RevisionStore(Protocol):
    """Keeps revisions; the newest applied one is current."""

    def current(self) -> Revision | None:
        """The revision in force, None before the first import."""
        ...

    def apply(self, revision: Revision) -> bool:
        """Put `revision` in force; false when it already was."""
        ...

    def get(self, revision: RevisionId) -> Revision | None:
        """One revision by its id."""
        ...

    def history(self, limit: int) -> tuple[Revision, ...]:
        """The newest revisions, newest first."""
        ...
