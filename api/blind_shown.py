"""Second looks and miss looks as answers: nothing that would sway whoever looks."""

from uuid import UUID

from alerts.errors import NotFoundError
from api.address import MISS_LOOKS
from api.alert_shown import captions
from api.alert_view import detail_of
from api.evidence_view import files_of
from api.review_shown import claim_of
from api.review_view import BlindItem
from api.services import State
from api.shift_view import JudgedRule, MissLook, MissLookList
from cases.blind import HeldLook
from cases.misses import MissLook as KeptLook
from identity.person import Person


def blind_item_of(state: State, held: HeldLook, caller: Person) -> BlindItem:
    """The alert without the machine's score."""
    alert = state.services.alerts.get_alert(held.alert)
    files = files_of(alert.id, state.services.alerts.packs_of(alert.id))
    detail = detail_of(alert, files, captions(state))
    claim = claim_of(held.claim, caller, state.services.clock.utc_now())
    assert claim is not None
    return BlindItem(
        id=held.id, alert=detail.model_copy(update={"score": None}), claim=claim
    )


def looks_of(state: State, caller: Person) -> MissLookList:
    """Those waiting, at cameras the caller sees."""
    looks, waiting = state.services.cases.misses.waiting(state.visible(caller))
    titles = state.site.titles()
    return MissLookList(
        looks=tuple(
            MissLook(
                id=look.id,
                camera=look.camera,
                camera_title=titles.get(look.camera, ""),
                at=look.at,
                picture_url=f"{MISS_LOOKS}/{look.id}/picture.jpg",
                codes=look.codes,
                rules=tuple(_rule_of(state, code) for code in look.codes),
            )
            for look in looks
        ),
        waiting=waiting,
    )


def _rule_of(state: State, code: str) -> JudgedRule:
    row = state.services.catalogue.rules.get(code)
    if row is None:
        return JudgedRule(code=code, name_zh=code, name_en=code)
    return JudgedRule(code=code, name_zh=row.name.zh, name_en=row.name.en)


def look_of(state: State, caller: Person, look: UUID) -> KeptLook:
    """One, at a camera the caller sees.

    Raises:
        NotFoundError: There is none, or none the caller sees.
    """
    found = state.services.cases.misses.get(look)
    visible = state.visible(caller)
    if visible is not None and found.camera not in visible:
        raise NotFoundError(f"no look {look}")
    return found
