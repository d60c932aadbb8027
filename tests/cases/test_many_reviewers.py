"""Eight reviewers on two hundred alerts: nothing is claimed or decided twice."""

import random
import threading
from collections import Counter

from alerts.alert import AlertId
from cases.errors import ClaimedError, IllegalStepError
from cases.life import Lane
from identity.person import Person
from rules.violation import Phase
from tests.api.stored import Staged
from tests.cases.conftest import CLUE, PERMITTED, Bureau, person

REVIEWERS, ALERTS, LINES = 8, 200, 20


def _work(bureau: Bureau, who: Person, decided: list[tuple[AlertId, str]]) -> None:
    """Claim something of the first lines, decide it, until nothing waits."""
    draw = random.Random(who.name)
    while True:
        items = bureau.desk.queue.head(Lane.REVIEW, who, None, LINES).reviews
        if not items:
            return
        alert = draw.choice(items).alert
        try:
            bureau.desk.reviews.claim(alert, who)
        except (ClaimedError, IllegalStepError):
            continue  # somebody was faster
        verdict = draw.choice((CLUE, PERMITTED))
        bureau.desk.reviews.give(alert, who, verdict)
        decided.append((alert, who.name))


def test_nothing_is_claimed_or_decided_twice(bureau: Bureau) -> None:
    """Each alert has one lease at a time and one verdict, and all are decided."""
    alerts = bureau.alerts([Staged(n, phase=Phase.DUE) for n in range(ALERTS)])
    decided: list[tuple[AlertId, str]] = []
    threads = [
        threading.Thread(target=_work, args=(bureau, person(f"reviewer{n}"), decided))
        for n in range(REVIEWERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(alert for alert, _ in decided) == Counter(alerts)
    trail = [(one.subject, one.action) for one in bureau.trail()]
    for alert in alerts:
        subject = f"alert/{alert}"
        assert trail.count((subject, "review.claimed")) == 1
    standing = [bureau.desk.reviews.get(alert)[1] for alert in alerts]
    assert all(len(given) == 1 for given in standing)
