"""Alerts by who gave a verdict on them, as far as whoever asks may know that.

Login and full name are both what people call somebody; the beginning of either is
enough, since nobody but an administrator sees the book of people.
"""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from alerts.alert import AlertId, Walk
from alerts.database import Database
from cases.life import ReviewState
from cases.tables import ReviewRow, VerdictRow
from identity.person import Person
from identity.tables import PersonRow


def decided_by(
    database: Database,
    beginnings: Collection[str],
    asker: Person,
    blind: Collection[AlertId],
) -> tuple[Walk, ...] | None:
    """A walk for each person meant; None: nobody is asked for; empty: nobody is meant.

    A verdict that was taken back is none. While a second look is awaited everybody
    finds what they said themselves and no more, as a review shows it.

    Args:
        database: Where verdicts and people are kept.
        beginnings: Of logins or full names.
        asker: Who asks.
        blind: Alerts of which `asker` is told no verdict now.

    Raises:
        StoreUnavailableError: The database is away.
    """
    if not beginnings:
        return None
    meant = select(PersonRow.name).where(
        or_(
            *(
                func.lower(column).startswith(one.lower(), autoescape=True)
                for column in (PersonRow.name, PersonRow.full_name)
                for one in sorted(beginnings)
            )
        )
    )
    with database.reading() as session:
        names = session.scalars(meant.order_by(PersonRow.name)).all()
    return tuple(_verdicts_of(name, asker, blind) for name in names)


def _verdicts_of(name: str, asker: Person, blind: Collection[AlertId]) -> Walk:
    opened_at = cast("InstrumentedAttribute[datetime]", VerdictRow.opened_at)
    walk = (
        select(opened_at, VerdictRow.alert_id)
        .distinct()
        .where(VerdictRow.person == name, VerdictRow.undone_at.is_(None))
        .where(opened_at.is_not(None))
    )
    if name == asker.name:
        return walk
    awaited = select(ReviewRow.alert_id).where(
        ReviewRow.alert_id == VerdictRow.alert_id,
        ReviewRow.state == ReviewState.SECOND.value,
    )
    return walk.where(~awaited.exists(), VerdictRow.alert_id.not_in(blind))
