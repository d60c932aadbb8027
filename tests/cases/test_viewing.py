"""Whose work it is to look at evidence: holders, deciders, fresh eyes; nobody else."""

from datetime import timedelta

from alerts.alert import AlertId
from alerts.view_book import Ground
from cases.review import LEASE_S
from cases.viewing import AFTERWARDS, Purpose, stated_reason
from identity.person import LOCAL, Person
from identity.right import Role
from tests.cases.conftest import CLUE, LI, WANG, ZHAO, Bureau, confirmed, person

VIEWER = person("sun", Role.VIEWER)


def _ground(bureau: Bureau, alert: AlertId, who: Person) -> Ground | None:
    why = bureau.desk.viewing.by_work(alert, who)
    return None if why is None else why.ground


def test_an_item_is_its_holders_while_it_is_held(bureau: Bureau) -> None:
    """Before it is anybody's who may decide; afterwards the decider's a while."""
    alert = bureau.alert()
    assert _ground(bureau, alert, WANG) is Ground.QUEUE
    assert _ground(bureau, alert, VIEWER) is None
    assert _ground(bureau, alert, LOCAL) is Ground.NOBODY

    bureau.desk.reviews.claim(alert, WANG)
    assert _ground(bureau, alert, WANG) is Ground.CLAIM
    assert _ground(bureau, alert, LI) is None
    bureau.clock.advance(LEASE_S + 1)
    assert _ground(bureau, alert, LI) is Ground.QUEUE

    bureau.desk.reviews.claim(alert, LI)
    bureau.desk.reviews.give(alert, LI, CLUE)
    assert _ground(bureau, alert, LI) is Ground.CLAIM
    assert _ground(bureau, alert, WANG) is None
    bureau.clock.advance(AFTERWARDS.total_seconds() + 1)
    assert _ground(bureau, alert, LI) is None


def test_fresh_eyes_look_while_they_hold_the_look(bureau: Bureau) -> None:
    """Whoever else might take it states a reason until they have."""
    alert = bureau.alert()
    bureau.desk.reviews.claim(alert, WANG)
    bureau.desk.reviews.give(alert, WANG, confirmed())
    assert bureau.state(alert) == "second"
    assert _ground(bureau, alert, LI) is None

    look = bureau.desk.blind.take(LI, None)
    assert _ground(bureau, alert, LI) is Ground.SECOND_LOOK
    assert _ground(bureau, alert, ZHAO) is None
    bureau.desk.blind.release(look.id, LI)
    assert _ground(bureau, alert, LI) is None


def test_what_the_trail_says_of_a_purpose() -> None:
    """Its kind in Chinese, and the person's own words where there are some."""
    assert stated_reason(Purpose.APPEAL, " ") == "行政复议、诉讼"
    assert stated_reason(Purpose.OTHER, " 工单 7 ") == "其他：工单 7"
    assert timedelta(minutes=15) == AFTERWARDS
