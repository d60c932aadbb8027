"""Drafts and revisions of the site as the API tells and takes them."""

from typing import Annotated

from pydantic import Field, JsonValue

from alerts.drafts import Applied
from api.shown import Shown, UtcTime
from api.taken import Taken, Words
from base.redact import redact
from sites.difference import Change
from sites.draft import KeyProblem
from sites.revision import Revision

REVISION = r"^[0-9a-f]{64}$"
Content = Annotated[
    dict[str, JsonValue],
    Field(description="the whole site, in the shape `GET /site` tells it"),
]


class TakenContent(Taken):
    """A site as it stands on a page."""

    content: Content


class TakenDraft(Taken):
    """A site to be kept."""

    content: Content
    note: Annotated[
        Words, Field(min_length=1, max_length=500, description="what was changed")
    ]


class TakenApply(Taken):
    """Put it in force."""

    base: Annotated[
        str | None,
        Field(pattern=REVISION, description="in force when it was drawn; null: none"),
    ]
    reason: Annotated[
        Words, Field(min_length=1, max_length=500, description="why, for the record")
    ]


class ShownProblem(Shown):
    """What is wrong with one key."""

    path: Annotated[str, Field(description="of the key; empty: the whole")]
    message: Annotated[str, Field(description="what is wrong and how to mend it")]


class ShownChange(Shown):
    """One key that differs."""

    path: Annotated[str, Field(description="of the key")]
    before: Annotated[JsonValue, Field(description="null: the key is new")]
    after: Annotated[JsonValue, Field(description="null: the key is gone")]


class CheckedDraft(Shown):
    """What the service thinks of a draft; nothing was kept."""

    revision: Annotated[
        str | None, Field(description="the id it would have; null: it has problems")
    ]
    problems: Annotated[
        tuple[ShownProblem, ...], Field(description="empty: it may be kept")
    ]
    changes: Annotated[
        tuple[ShownChange, ...],
        Field(description="against what is in force; empty while it has problems"),
    ]


class RevisionSummary(Shown):
    """A kept configuration, without its content."""

    revision: Annotated[str, Field(description="SHA-256 of the canonical content")]
    created_at: Annotated[UtcTime, Field(description="wall time it was kept")]
    author: Annotated[str, Field(description="who kept it")]
    note: Annotated[str, Field(description="what was changed")]


class AppliedRevision(Shown):
    """A configuration that was put in force."""

    number: Annotated[int, Field(description="grows with each")]
    revision: Annotated[str, Field(description="SHA-256 of the canonical content")]
    at: Annotated[UtcTime, Field(description="wall time")]
    author: Annotated[str, Field(description="who put it in force")]
    reason: Annotated[str, Field(description="why")]


class RevisionList(Shown):
    """What was in force, and drafts that never were."""

    applied: Annotated[
        tuple[AppliedRevision, ...], Field(description="newest first, the first holds")
    ]
    drafts: Annotated[tuple[RevisionSummary, ...], Field(description="newest first")]


class ChangeList(Shown):
    """What differs between two configurations."""

    revision: Annotated[str, Field(description="the later one")]
    against: Annotated[str | None, Field(description="the earlier one")]
    changes: Annotated[tuple[ShownChange, ...], Field(description="by path")]


class PutInForce(Shown):
    """What became of it."""

    revision: Annotated[str, Field(description="in force now")]
    is_new: Annotated[bool, Field(description="false: it was in force already")]
    is_told: Annotated[
        bool, Field(description="workers were told; false: apply again in a moment")
    ]


def problem_of(problem: KeyProblem) -> ShownProblem:
    """One problem, credentials taken out."""
    return ShownProblem(path=redact(problem.path), message=redact(problem.message))


def change_of(change: Change) -> ShownChange:
    """One change, credentials taken out."""
    return ShownChange(
        path=change.path,
        before=without_secrets(change.before),
        after=without_secrets(change.after),
    )


def summary_of(revision: Revision) -> RevisionSummary:
    """A revision without its content."""
    return RevisionSummary(
        revision=revision.id,
        created_at=revision.created_at,
        author=revision.author,
        note=revision.note,
    )


def applied_of(applied: Applied) -> AppliedRevision:
    """One entry of the history."""
    return AppliedRevision(
        number=applied.number,
        revision=applied.revision,
        at=applied.at,
        author=applied.author,
        reason=applied.reason,
    )


def without_secrets(value: JsonValue) -> JsonValue:
    """The same value with secrets in texts as `***`."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    return value
