"""People, sessions and tokens as the API tells and takes them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, SecretStr

from api.shown import Shown, UtcTime
from api.taken import LoginName, Taken, Words
from identity.right import Right, Role

Certificate = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Za-z-]{0,40}$",
        description="officer certificate (执法证号); empty: none",
    ),
]
FullName = Annotated[Words, Field(min_length=1, max_length=100, description="printed")]
Names = Annotated[tuple[str, ...], Field(max_length=500)]
Password = Annotated[SecretStr, Field(max_length=200, description="never shown")]


class LoginOptions(Shown):
    """How one can log in here."""

    is_configured: Annotated[bool, Field(description="false: nobody has a name yet")]
    password: Annotated[bool, Field(description="name and password are taken")]
    oidc_title: Annotated[str | None, Field(description="title of the other way")]
    oidc_url: Annotated[str | None, Field(description="where it begins")]
    is_known: Annotated[bool, Field(description="false: GET /me would be a 401")]


class TakenLogin(Taken):
    """Name and password."""

    name: Annotated[str, Field(max_length=100, description="login name")]
    password: Password


class TakenPassword(Taken):
    """A change of one's own password."""

    old: Password
    new: Password


class ShownScope(Shown):
    """Which cameras are seen; both empty: all."""

    cameras: Annotated[tuple[str, ...], Field(description="by name")] = ()
    areas: Annotated[tuple[str, ...], Field(description="by area")] = ()


class Me(Shown):
    """The caller."""

    name: Annotated[str, Field(description="login name")]
    full_name: Annotated[str, Field(description="as printed")]
    roles: Annotated[tuple[Role, ...], Field(description="what one is")]
    roles_zh: Annotated[tuple[str, ...], Field(description="the same, Chinese")]
    rights: Annotated[tuple[Right, ...], Field(description="what one may do")]
    certificate: Annotated[str, Field(description="officer certificate; empty: none")]
    scope: Annotated[ShownScope, Field(description="cameras seen")]
    is_local: Annotated[bool, Field(description="nobody has a name yet")]
    csrf: Annotated[
        str, Field(description="send as X-CSRF-Token with all but GET and HEAD")
    ]
    expires_at: Annotated[UtcTime | None, Field(description="session ends, wall time")]
    must_change_password: Annotated[bool, Field(description="before anything else")]


class TakenScope(Taken):
    """Which cameras are seen; both empty: all."""

    cameras: Annotated[Names, Field(description="by name")] = ()
    areas: Annotated[Names, Field(description="by area")] = ()


class TakenUser(Taken):
    """A new person."""

    name: LoginName
    full_name: FullName
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=11)]
    certificate: Certificate = ""
    scope: TakenScope = TakenScope()
    password: Annotated[
        SecretStr | None, Field(description="left out: one is made and shown once")
    ] = None


class ChangedUser(Taken):
    """What changes of a person; null: stays."""

    full_name: FullName | None = None
    roles: Annotated[tuple[Role, ...] | None, Field(min_length=1, max_length=11)] = None
    certificate: Certificate | None = None
    scope: TakenScope | None = None
    is_active: Annotated[bool | None, Field(description="false: may not log in")] = None


class ShownUser(Shown):
    """A person as administrators see them."""

    name: Annotated[str, Field(description="login name")]
    full_name: Annotated[str, Field(description="as printed")]
    roles: Annotated[tuple[Role, ...], Field(description="what they are")]
    certificate: Annotated[str, Field(description="officer certificate")]
    scope: Annotated[ShownScope, Field(description="cameras seen")]
    is_active: Annotated[bool, Field(description="may log in")]
    locked_until: Annotated[UtcTime | None, Field(description="too many wrong tries")]
    last_login_at: Annotated[UtcTime | None, Field(description="wall time")]
    created_at: Annotated[UtcTime, Field(description="wall time")]


class UserList(Shown):
    """Everybody."""

    users: Annotated[tuple[ShownUser, ...], Field(description="by name")]


class MadeUser(Shown):
    """A person, and the password that was made for them."""

    user: Annotated[ShownUser, Field(description="the person")]
    password: Annotated[str | None, Field(description="shown this once")]


class NewPassword(Shown):
    """A password made by the service."""

    password: Annotated[str, Field(description="shown this once")]


class TakenToken(Taken):
    """A token for a program."""

    title: Annotated[Words, Field(min_length=1, max_length=100)]
    owner: LoginName
    rights: Annotated[tuple[Right, ...], Field(min_length=1, max_length=30)]
    expires_at: Annotated[AwareDatetime, Field(description="at most a year from now")]


class ShownToken(Shown):
    """A token without its secret."""

    id: Annotated[UUID, Field(description="id of the token")]
    title: Annotated[str, Field(description="what it is for")]
    owner: Annotated[str, Field(description="in whose name")]
    rights: Annotated[tuple[Right, ...], Field(description="what it may do")]
    created_at: Annotated[UtcTime, Field(description="wall time")]
    expires_at: Annotated[UtcTime, Field(description="wall time")]
    last_used_at: Annotated[UtcTime | None, Field(description="wall time, coarse")]
    revoked_at: Annotated[UtcTime | None, Field(description="wall time")]


class TokenList(Shown):
    """All tokens."""

    tokens: Annotated[tuple[ShownToken, ...], Field(description="newest first")]


class MadeToken(Shown):
    """A token with its secret."""

    token: Annotated[ShownToken, Field(description="the token")]
    secret: Annotated[str, Field(description="send as Bearer; shown this once")]


class Done(Shown):
    """It was done."""

    done: Annotated[Literal[True], Field(description="always")] = True
