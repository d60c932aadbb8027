"""Bodies about people and tokens as identity reads them."""

from api.identity_view import ChangedUser, TakenScope, TakenToken, TakenUser
from base.ids import CameraId
from identity.people import Change, Newcomer
from identity.person import Person, Scope
from identity.tokens import NewToken


def _scope(taken: TakenScope) -> Scope:
    return Scope(
        frozenset(CameraId(name) for name in taken.cameras), frozenset(taken.areas)
    )


def newcomer_from(body: TakenUser) -> Newcomer:
    """Somebody to be added."""
    person = Person(
        name=body.name,
        full_name=body.full_name,
        roles=frozenset(body.roles),
        certificate=body.certificate,
        scope=_scope(body.scope),
    )
    password = None if body.password is None else body.password.get_secret_value()
    return Newcomer(person, password)


def change_from(body: ChangedUser) -> Change:
    """What changes of somebody."""
    return Change(
        full_name=body.full_name,
        roles=None if body.roles is None else frozenset(body.roles),
        certificate=body.certificate,
        scope=None if body.scope is None else _scope(body.scope),
        is_active=body.is_active,
    )


def token_from(body: TakenToken) -> NewToken:
    """A token to be made."""
    return NewToken(body.title, body.owner, frozenset(body.rights), body.expires_at)
