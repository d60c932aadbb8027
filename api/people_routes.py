"""`/users`, `/tokens`: who may log in, and which programs may ask."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api import identity_examples as examples
from api.access import PeopleAdmin
from api.address import TOKENS, USERS
from api.identity_shown import token_of, user_of
from api.identity_taken import change_from, newcomer_from, token_from
from api.identity_view import (
    ChangedUser,
    MadeToken,
    MadeUser,
    NewPassword,
    ShownToken,
    ShownUser,
    TakenToken,
    TakenUser,
    TokenList,
    UserList,
)
from api.openapi import answers
from api.services import StateDep
from api.taken import LOGIN_NAME

router = APIRouter(tags=["people"])
Name = Annotated[str, Path(pattern=LOGIN_NAME, description="login name")]


@router.get(USERS, responses=answers(examples.USERS, 401, 403, 503))
def list_users(caller: PeopleAdmin, state: StateDep) -> UserList:
    """Everybody, by name."""
    del caller
    users = state.services.identity.people.everybody()
    return UserList(users=tuple(user_of(user) for user in users))


@router.post(USERS, responses=answers(examples.MADE_USER, 401, 403, 409, 422, 503))
def add_user(body: TakenUser, caller: PeopleAdmin, state: StateDep) -> MadeUser:
    """A new person; a password is made unless one is given."""
    made = state.services.identity.people.add(newcomer_from(body), caller.name)
    return MadeUser(user=user_of(made.user), password=made.password)


@router.patch(
    USERS + "/{name}", responses=answers(examples.USER, 401, 403, 404, 409, 422, 503)
)
def change_user(
    name: Name, body: ChangedUser, caller: PeopleAdmin, state: StateDep
) -> ShownUser:
    """Roles, certificate, scope; sessions of the person end."""
    people = state.services.identity.people
    return user_of(people.change(name, change_from(body), caller.name))


@router.post(
    USERS + "/{name}/password",
    responses=answers(examples.NEW_PASSWORD, 401, 403, 404, 422, 503),
)
def reset_password(name: Name, caller: PeopleAdmin, state: StateDep) -> NewPassword:
    """A new password, shown once, to be changed at the first login."""
    people = state.services.identity.people
    return NewPassword(password=people.reset_password(name, caller.name))


@router.post(
    USERS + "/{name}/unlock",
    responses=answers(examples.USER, 401, 403, 404, 422, 503),
)
def unlock_user(name: Name, caller: PeopleAdmin, state: StateDep) -> ShownUser:
    """Let somebody try again who was locked out."""
    return user_of(state.services.identity.people.unlock(name, caller.name))


@router.get(TOKENS, responses=answers(examples.TOKENS, 401, 403, 503))
def list_tokens(caller: PeopleAdmin, state: StateDep) -> TokenList:
    """All tokens, newest first."""
    del caller
    tokens = state.services.identity.tokens.all()
    return TokenList(tokens=tuple(token_of(token) for token in tokens))


@router.post(
    TOKENS, responses=answers(examples.MADE_TOKEN, 401, 403, 404, 409, 422, 503)
)
def add_token(body: TakenToken, caller: PeopleAdmin, state: StateDep) -> MadeToken:
    """A token that may do what is named, and never more than its owner."""
    made = state.services.identity.tokens.add(token_from(body), caller.name)
    return MadeToken(token=token_of(made.token), secret=made.secret)


@router.delete(
    TOKENS + "/{token}", responses=answers(examples.TOKEN, 401, 403, 404, 422, 503)
)
def revoke_token(token: UUID, caller: PeopleAdmin, state: StateDep) -> ShownToken:
    """It is worth nothing from now on."""
    return token_of(state.services.identity.tokens.revoke(token, caller.name))
