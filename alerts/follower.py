"""Port: who follows alerts in the very transaction that stores them.

Reviews exist from the moment their alert does: a follower that came later could miss
one. It writes rows of its own and must not fail for want of them.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from alerts.tables import AlertRow


class AlertFollower(Protocol):
    """Is told of each alert as it is stored."""

    def alert_stored(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """The alert was made or changed in the open transaction.

        Raises:
            StoreError: The database refuses; the whole transaction is rolled back.
        """
        ...

    def alarm_begun(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """The alert stored is a danger to life, or is one again.

        Raises:
            StoreError: The database refuses; the whole transaction is rolled back.
        """
        ...

    def may_join(self, session: Session, alert: AlertRow, now: datetime) -> bool:
        """Whether the alert may become part of a group: nobody has taken it up yet.

        If so, what the follower holds of it is taken back in the open transaction.

        Raises:
            StoreError: The database refuses; the whole transaction is rolled back.
        """
        ...


class NoFollower:
    """Nobody follows."""

    def alert_stored(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """Nothing."""

    def alarm_begun(self, session: Session, alert: AlertRow, now: datetime) -> None:
        """Nothing."""

    def may_join(self, session: Session, alert: AlertRow, now: datetime) -> bool:
        """Always."""
        del session, alert, now
        return True
