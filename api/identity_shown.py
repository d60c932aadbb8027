"""People, sessions and tokens as answers."""

from api.identity_view import Me, ShownScope, ShownToken, ShownUser
from identity.people import User
from identity.person import Person, Scope
from identity.right import ROLES_ZH, Right, Role
from identity.sessions import LiveSession
from identity.tokens import Token


def scope_of(scope: Scope) -> ShownScope:
    """Which cameras are seen."""
    return ShownScope(
        cameras=tuple(sorted(scope.cameras)), areas=tuple(sorted(scope.areas))
    )


def roles_of(person: Person) -> tuple[Role, ...]:
    """In the order of the enumeration."""
    return tuple(role for role in Role if role in person.roles)


def me_of(person: Person, session: LiveSession | None) -> Me:
    """The caller; without a session: this machine, or a program."""
    roles = roles_of(person)
    return Me(
        name=person.name,
        full_name=person.full_name,
        roles=roles,
        roles_zh=tuple(ROLES_ZH[role] for role in roles),
        rights=tuple(right for right in Right if person.may(right)),
        certificate=person.certificate,
        scope=scope_of(person.scope),
        is_local=person.is_local,
        csrf="" if session is None else session.csrf,
        expires_at=None if session is None else session.expires_at,
        must_change_password=session is not None and session.must_change,
    )


def user_of(user: User) -> ShownUser:
    """A person as administrators see them."""
    person = user.person
    return ShownUser(
        name=person.name,
        full_name=person.full_name,
        roles=roles_of(person),
        certificate=person.certificate,
        scope=scope_of(person.scope),
        is_active=user.is_active,
        locked_until=user.locked_until,
        last_login_at=user.last_login_at,
        created_at=user.created_at,
    )


def token_of(token: Token) -> ShownToken:
    """A token without its secret."""
    return ShownToken(
        id=token.id,
        title=token.title,
        owner=token.owner,
        rights=tuple(right for right in Right if right in token.rights),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )
