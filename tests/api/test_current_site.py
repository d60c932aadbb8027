"""The configuration in force: fresh within a second, parsed once a revision."""

from pathlib import Path

from alerts.database import Database
from alerts.revisions import SqlRevisionStore
from api.current_site import FRESH_S, CurrentSite
from base.clock import ManualClock
from sites.load import read_site
from sites.revision import revision_of
from tests.api.stored import T0

SITE = Path(__file__).resolve().parents[2] / "samples" / "site.yaml"


def test_a_new_revision_is_seen_within_a_second(database: Database) -> None:
    """Nothing before the first import, then the newest, parsed once while it stays."""
    clock = ManualClock(T0)
    store = SqlRevisionStore(database, clock)
    current = CurrentSite(store, clock)
    before = current.get()
    first = read_site(SITE)
    store.apply(revision_of(first, T0, "test"))
    clock.advance(FRESH_S)
    held = current.get()
    clock.advance(FRESH_S)
    again = current.get()
    store.apply(revision_of(first.model_copy(update={"name": "Other"}), T0, "test"))
    clock.advance(FRESH_S)
    changed = current.get()

    assert before is None
    assert current.titles() == {"campus": "校园路口 Campus street"}
    assert held is again
    assert changed is not None
    assert changed.site.name == "Other"


def test_the_store_is_not_asked_for_every_request(database: Database) -> None:
    """Within a second the answer is the one held."""
    clock = ManualClock(T0)
    store = SqlRevisionStore(database, clock)
    current = CurrentSite(store, clock)
    current.get()
    store.apply(revision_of(read_site(SITE), T0, "test"))

    assert current.get() is None
