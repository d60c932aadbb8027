"""Examples of people, sessions and tokens, for OpenAPI."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.identity_shown import me_of
from api.identity_view import (
    Done,
    LoginOptions,
    MadeToken,
    MadeUser,
    NewPassword,
    ShownScope,
    ShownToken,
    ShownUser,
    TokenList,
    UserList,
)
from identity.person import Person
from identity.right import Right, Role
from identity.sessions import LiveSession

_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_PERSON = Person("wang.li", "王丽", frozenset({Role.REVIEWER}), "33040200123")

OPTIONS = LoginOptions(
    is_configured=True, password=True, oidc_title=None, oidc_url=None, is_known=False
)
_SESSION = LiveSession(
    _PERSON, "csrf-token", _AT + timedelta(hours=12), must_change=False
)
ME = me_of(_PERSON, _SESSION)
DONE = Done()
USER = ShownUser(
    name="wang.li",
    full_name="王丽",
    roles=(Role.REVIEWER,),
    certificate="33040200123",
    scope=ShownScope(areas=("示范街道",)),
    is_active=True,
    locked_until=None,
    last_login_at=_AT,
    created_at=_AT - timedelta(days=30),
)
USERS = UserList(users=(USER,))
MADE_USER = MadeUser(user=USER, password="shown-this-once")  # noqa: S106 - an example
NEW_PASSWORD = NewPassword(password="shown-this-once")  # noqa: S106 - an example
TOKEN = ShownToken(
    id=UUID("3b7e1c52-7a5b-4a39-8f0d-1f8f6f4f2a11"),
    title="平台对接",
    owner="wang.li",
    rights=(Right.READ_ALERTS,),
    created_at=_AT,
    expires_at=_AT + timedelta(days=90),
    last_used_at=None,
    revoked_at=None,
)
TOKENS = TokenList(tokens=(TOKEN,))
MADE_TOKEN = MadeToken(token=TOKEN, secret="nst_shown-this-once")  # noqa: S106 - an example
