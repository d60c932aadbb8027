"""The tables of people: who they are, their sessions, tokens and tries to log in.

No secret is kept: of passwords the argon2 hash, of sessions and tokens the SHA-256.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alerts.column_types import BIG_ID
from alerts.tables import DIGEST, JSON, NAME, Table
from base.json_value import JsonValue

PERSON = "people.name"
TEXT = String(200)


class PersonRow(Table):
    """One person; never deleted, since records name them."""

    __tablename__ = "people"

    # what they log in with
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    full_name: Mapped[str] = mapped_column(TEXT)
    # values of identity.right.Role
    roles: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # officer certificate (执法证号); empty: none
    certificate: Mapped[str] = mapped_column(NAME)
    # scope: names of cameras, names of areas; both empty: everything
    cameras: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    areas: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # argon2id, with its parameters and salt
    password: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool]
    is_active: Mapped[bool]
    # what the bureau's login service calls them; null: not linked
    subject: Mapped[str | None] = mapped_column(TEXT, unique=True)
    # wall times
    last_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class SessionRow(Table):
    """One login of one person."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_person", "person"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    # SHA-256 of the secret in the cookie, hex
    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey(PERSON, ondelete="CASCADE"))
    # what a changing request must repeat
    csrf: Mapped[str] = mapped_column(NAME)
    # values of identity.right.Right left to it; null: all
    only: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # wall times: begun, last used (coarse), over at the latest
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    owner: Mapped[PersonRow] = relationship(lazy="raise")


class TokenRow(Table):
    """One token of a program, in somebody's name."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_owner", "owner"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of the secret, hex
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    title: Mapped[str] = mapped_column(TEXT)
    owner: Mapped[str] = mapped_column(ForeignKey(PERSON, ondelete="CASCADE"))
    # values of identity.right.Right; never more than the owner's, asked at each use
    rights: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    made_by: Mapped[str] = mapped_column(NAME)
    # wall times
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    person: Mapped[PersonRow] = relationship(lazy="raise")


class LoginTryRow(Table):
    """A try to log in that did not succeed (yet): counted by name and by origin."""

    __tablename__ = "login_tries"
    __table_args__ = (
        Index("ix_login_tries_name_at", "name", "at"),
        Index("ix_login_tries_origin_at", "origin", "at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # as typed, known or not, at most 100 signs
    name: Mapped[str] = mapped_column(String(100))
    # address it came from
    origin: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]


class LoginFlowRow(Table):
    """A login on its way over the bureau's own service."""

    __tablename__ = "login_flows"
    __table_args__ = (Index("ix_login_flows_at", "at"),)

    # SHA-256 of the secret in the cookie, hex
    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    # what must come back, what the token must repeat, what proves it was us (PKCE)
    state: Mapped[str] = mapped_column(TEXT)
    nonce: Mapped[str] = mapped_column(TEXT)
    verifier: Mapped[str] = mapped_column(TEXT)
    # wall time begun
    at: Mapped[datetime]
