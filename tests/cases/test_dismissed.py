"""Which alerts were dismissed for good, and when: what retention may delete."""

from alerts.retention import Decision, Fate
from cases.dismissed import decided_as, dismissed_at, merged_into
from cases.life import Act
from cases.verdict import Verdict
from rules.violation import Life
from tests.api.stored import staged
from tests.cases.conftest import CLUE, NOW, PERMITTED, WANG, Bureau


def test_rejected_left_and_merged_into_rejected_count(bureau: Bureau) -> None:
    """Confirmed, merged into what stands, and undecided ones are never dismissed."""
    rejected, confirmed, undecided, copy, twin = (bureau.alert(n) for n in range(1, 6))
    (left,) = bureau.alerts([staged(6)])
    bureau.follow(left, life=Life.CLEARED)
    for alert, verdict in (
        (copy, Verdict(Act.MERGE, into=rejected)),
        (rejected, PERMITTED),
        (confirmed, CLUE),
        (twin, Verdict(Act.MERGE, into=confirmed)),
    ):
        bureau.desk.reviews.claim(alert, WANG)
        bureau.desk.reviews.give(alert, WANG, verdict)

    asked = [rejected, confirmed, undecided, copy, twin, left]
    told = dismissed_at(bureau.database)(asked)
    assert told == {rejected: NOW, copy: NOW, left: NOW}
    assert decided_as(bureau.database)(asked) == {
        rejected: Decision(Fate.REJECTED, NOW),
        copy: Decision(Fate.REJECTED, NOW),
        left: Decision(Fate.LEFT, NOW),
        confirmed: Decision(Fate.CONFIRMED, NOW),
        twin: Decision(Fate.CONFIRMED, NOW),
    }


def test_what_was_merged_on_and_on_shares_the_end(bureau: Bureau) -> None:
    """One merged into another that was merged later is decided with the last."""
    one, two, three = (bureau.alert(n) for n in range(1, 4))
    for alert, verdict in (
        (one, Verdict(Act.MERGE, into=two)),
        (two, Verdict(Act.MERGE, into=three)),
        (three, PERMITTED),
    ):
        bureau.desk.reviews.give(alert, WANG, verdict)

    rejected = Decision(Fate.REJECTED, NOW)

    assert decided_as(bureau.database)([one]) == {one: rejected}
    assert decided_as(bureau.database)([one, two]) == {one: rejected, two: rejected}


def test_what_an_alert_was_merged_into_is_told_to_the_last(bureau: Bureau) -> None:
    """A hold on any of them covers it; two merged into each other end."""
    one, two, three = (bureau.alert(n) for n in range(1, 4))
    for alert, verdict in (
        (one, Verdict(Act.MERGE, into=two)),
        (two, Verdict(Act.MERGE, into=three)),
    ):
        bureau.desk.reviews.give(alert, WANG, verdict)

    told = merged_into(bureau.database)([one, two, three])

    assert told == {one: (two, three), two: (three,)}
