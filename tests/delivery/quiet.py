"""A teller of the site in force, with no webhook's secret in the environment."""

from prometheus_client import CollectorRegistry

from alerts.database import Database
from alerts.revisions import SqlRevisionStore
from base.clock import Clock
from delivery.channels import no_secrets
from delivery.metrics import DeliveryMetrics
from delivery.teller import Teller, TellerParts
from sites.schema import Site


def quiet_teller(database: Database, clock: Clock) -> Teller:
    """For an application under test."""
    revisions = SqlRevisionStore(database, clock)

    def site() -> Site | None:
        current = revisions.current()
        return None if current is None else current.site

    metrics = DeliveryMetrics(CollectorRegistry())
    return Teller(TellerParts(database, site, no_secrets(), "", metrics, clock))
