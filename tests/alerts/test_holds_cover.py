"""What a legal hold covers, and what is asked again before rows are stripped."""

import threading
from pathlib import Path

import pytest

from alerts.alert import AlertId
from alerts.database import Database
from alerts.deidentify import Deidentifier
from alerts.evidence_tables import LegalHoldRow
from alerts.legal_hold import lock_alert
from alerts.retention import Retention, RetentionParts
from tests.alerts.evidence_rig import T0
from tests.alerts.test_retention import Bench


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    """Four alerts with their evidence."""
    return Bench(tmp_path, database)


def test_a_hold_covers_what_was_merged_into_it(bench: Bench) -> None:
    """Two cameras' evidence of one deed: held together, whichever was named."""
    bench.clock.advance(400 * 86400)
    into = {bench.dismissed: (bench.recent, bench.held)}
    parts = RetentionParts(
        bench.database,
        bench.store,
        bench.told,
        bench.clock,
        merged_into=lambda alerts: {a: into[a] for a in alerts if a in into},
    )

    report = Retention(parts).run(is_dry=False)
    bare = Deidentifier(
        bench.database,
        lambda alerts: {a: d.at for a, d in bench.told(alerts).items()},
        bench.clock,
        merged_into=parts.merged_into,
    ).run(is_dry=False)

    assert (report.erased, bare) == ((), ())
    assert bench.has_media(bench.dismissed)


def test_a_hold_placed_while_an_alert_is_stripped_is_waited_for(bench: Bench) -> None:
    """Box and plates of a held alert stay, whoever came a moment earlier."""
    bench.clock.advance(400 * 86400)
    done: list[tuple[AlertId, ...]] = []
    told = {bench.dismissed: T0}
    work = Deidentifier(bench.database, lambda _alerts: told, bench.clock)
    thread = threading.Thread(target=lambda: done.append(work.run(is_dry=False)))
    with bench.database.transaction() as session:
        lock_alert(session, bench.dismissed)
        thread.start()
        thread.join(0.5)
        session.add(
            LegalHoldRow(
                alert_id=bench.dismissed,
                reason="复议",
                placed_by="zhou",
                placed_at=bench.clock.utc_now(),
            )
        )
    thread.join(30)

    assert done == [()]


def test_what_is_decided_otherwise_meanwhile_is_not_stripped(bench: Bench) -> None:
    """The verdict is asked again before each."""
    bench.clock.advance(400 * 86400)
    answers = iter([{bench.dismissed: T0}])
    work = Deidentifier(bench.database, lambda _alerts: next(answers, {}), bench.clock)

    assert work.run(is_dry=False) == ()
