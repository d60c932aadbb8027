"""The audit trail as the API tells it, and the query it is asked with."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.audit import AuditEntry, Deed, entry_hash
from alerts.audit_trail import AuditFilter, ChainPart
from api.alert_query import Time
from api.shown import Shown, UtcTime
from api.taken import Words

LAST = 2**62


class AuditQuery(BaseModel):
    """Which entries; an unknown parameter is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: Annotated[Words, Field(max_length=200, description="who, exactly")] = ""
    action: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z_]*(\.[a-z_]+)?$",
            description="`verdict.given`, or all of a noun: `verdict`",
        ),
    ] = ""
    subject: Annotated[
        Words, Field(max_length=200, description="to what, exactly: `alert/<id>`")
    ] = ""
    since: Annotated[
        Time | None, Field(description="at or after, wall time with a zone")
    ] = None
    until: Annotated[
        Time | None, Field(description="before, wall time with a zone")
    ] = None
    before: Annotated[
        int | None, Field(ge=1, le=LAST, description="`next` of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="entries a page")] = 50

    @model_validator(mode="after")
    def _in_order(self) -> "AuditQuery":
        if self.since and self.until and self.since >= self.until:
            msg = "since lies before until"
            raise ValueError(msg)
        return self

    def filter(self) -> AuditFilter:
        """The same as the store reads it."""
        return AuditFilter(
            self.actor, self.action, self.subject, self.since, self.until
        )


class ShownEntry(Shown):
    """One entry: who did what to what, when."""

    seq: Annotated[int, Field(description="gapless number")]
    at: Annotated[UtcTime, Field(description="wall time")]
    actor: Annotated[str, Field(description="login name, or the part of the system")]
    action: Annotated[str, Field(description="`noun.past_verb`, stable")]
    subject: Annotated[str, Field(description="what it was done to")]
    detail: Annotated[
        dict[str, Any],
        Field(description="roles, certificate, reason and what else the action has"),
    ]
    previous: Annotated[str, Field(description="hash of the entry before, hex")]
    hash: Annotated[str, Field(description="SHA-256 over this one and `previous`")]
    holds: Annotated[bool, Field(description="false: the row is not what was hashed")]

    @classmethod
    def of(cls, entry: AuditEntry) -> "ShownEntry":
        """From the trail's own."""
        deed = Deed(entry.actor, entry.action, entry.subject, entry.detail)
        known = entry_hash(entry.seq, entry.at, deed, entry.previous)
        detail = entry.detail if isinstance(entry.detail, dict) else {}
        return cls(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            detail=dict(detail),
            previous=entry.previous,
            hash=entry.hash,
            holds=known == entry.hash,
        )


class AuditPage(Shown):
    """Part of the trail, newest first."""

    entries: Annotated[tuple[ShownEntry, ...], Field(description="the entries")]
    next: Annotated[
        int | None, Field(description="`before` of the next page; null on the last")
    ]


class ShownChain(Shown):
    """A stretch of the chain, checked now."""

    after: Annotated[int, Field(description="number before the first entry checked")]
    reached: Annotated[int, Field(description="number of the last entry checked")]
    first_break: Annotated[
        int | None, Field(description="first entry that does not hold; null: all do")
    ]
    head: Annotated[int, Field(description="number of the last entry there should be")]
    head_hash: Annotated[str, Field(description="its hash, hex")]
    is_end: Annotated[
        bool, Field(description="false: ask again with `after` = `reached`")
    ]

    @classmethod
    def of(cls, part: ChainPart) -> "ShownChain":
        """From the trail's own."""
        return cls.model_validate(part, from_attributes=True)
