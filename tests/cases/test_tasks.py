"""Officers' tasks: offered, taken, worked; a phone may send everything twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from alerts.alert import AlertId
from alerts.errors import NotFoundError
from base.ids import CameraId
from cases.errors import CaseError, ConflictError, GateError, IllegalStepError
from cases.life import Act
from cases.review import UNDO_S
from cases.review_rows import Moment
from cases.task import Result, Task, TaskAct, TaskKind
from cases.task_book import SHOWN, NewTask, Step
from cases.task_links import LINK_LASTS
from cases.task_rows import NewTaskRow, offer_task
from cases.verdict import Reason, Verdict
from identity.right import Role
from tests.cases.conftest import CLUE, LI, WANG, ZHAO, Bureau, confirmed, person

NA, BO = person("na", Role.OFFICER), person("bo", Role.OFFICER)
JPEG = (b"\xff\xd8\xff\xe0 a picture \xff\xd9", "image/jpeg")


def _handled(bureau: Bureau) -> tuple[AlertId, UUID]:
    """A confirmed alert and its task, once officers see it."""
    alert = bureau.alert()
    bureau.desk.reviews.give(alert, WANG, CLUE)
    bureau.clock.advance(UNDO_S)
    (task,) = bureau.desk.tasks.mine(NA, None)
    return alert, task.id


def _move(bureau: Bureau, task: UUID, *steps: Step) -> Task:
    for step in steps:
        moved = bureau.desk.tasks.move(task, NA, step)
    return moved


ACK, ARRIVE = Step(TaskAct.ACKNOWLEDGE, "key-ack1"), Step(TaskAct.ARRIVE, "key-arr1")
LEFT = Step(TaskAct.RESULT, "key-res1", result=Result.LEFT, remark="到场前已驶离")


def test_a_confirmation_reaches_officers_once_it_can_no_longer_be_undone(
    bureau: Bureau,
) -> None:
    """Nobody is sent for a wrong key."""
    bureau.desk.reviews.give(bureau.alert(), WANG, CLUE)

    assert bureau.desk.tasks.mine(NA, None) == ()
    bureau.clock.advance(UNDO_S)
    assert len(bureau.desk.tasks.mine(NA, None)) == 1


def test_of_two_officers_the_first_to_acknowledge_goes(bureau: Bureau) -> None:
    """The other one no longer sees it, and cannot take it."""
    _, task = _handled(bureau)
    _move(bureau, task, ACK)

    with pytest.raises(GateError, match="another officer"):
        bureau.desk.tasks.move(task, BO, Step(TaskAct.ACKNOWLEDGE, "key-bo01"))
    assert bureau.desk.tasks.mine(BO, None) == ()


def test_a_step_sent_again_happens_once_and_answers_the_same(bureau: Bureau) -> None:
    """A phone that lost the answer sends again, however late."""
    _, task = _handled(bureau)
    first = _move(bureau, task, ACK, ARRIVE, LEFT)

    again = _move(bureau, task, ACK, ARRIVE, LEFT)

    assert again == first
    steps = [e.action for e in bureau.trail() if e.subject == f"task/{task}"]
    assert steps == ["task.acknowledge", "task.arrive", "task.result"]


def test_another_step_under_a_used_key_is_a_conflict(bureau: Bureau) -> None:
    """A key means one step; a phone that mixes them up must notice."""
    _, task = _handled(bureau)
    _move(bureau, task, ACK)

    with pytest.raises(ConflictError):
        _move(bureau, task, Step(TaskAct.RESULT, ACK.key, result=Result.LEFT))


def test_one_tap_closes_it_from_the_road(bureau: Bureau) -> None:
    """已驶离 needs no arrival; the result is on the trail with the phone's time."""
    alert, task = _handled(bureau)
    told = bureau.clock.utc_now() - timedelta(minutes=3)
    step = Step(TaskAct.RESULT, "key-late", told, Result.LEFT)

    done = _move(bureau, task, ACK, step)

    assert (done.state, done.result, done.alert) == ("done", "left", alert)
    assert isinstance(bureau.trail()[-1].detail, dict)
    assert told.isoformat() in str(bureau.trail()[-1].detail)


def test_a_result_that_is_none_of_its_kind_is_refused(bureau: Bureau) -> None:
    """What was to be handled is not answered by 现场属实."""
    _, task = _handled(bureau)
    _move(bureau, task, ACK)

    with pytest.raises(CaseError, match="no result"):
        _move(bureau, task, Step(TaskAct.RESULT, "key-x001", result=Result.FOUND))
    with pytest.raises(IllegalStepError):
        _move(bureau, task, Step(TaskAct.ACKNOWLEDGE, "key-x002"))


def test_a_photo_is_kept_as_it_is_once(bureau: Bureau) -> None:
    """Its bytes by digest, both digests on the trail; sent twice it is one."""
    _, task = _handled(bureau)
    _move(bureau, task, ACK)

    for _ in range(2):
        held = bureau.desk.tasks.add_photo(task, NA, JPEG, "key-pho1")

    (photo,) = held.photos
    assert (photo.size, photo.media_type) == (len(JPEG[0]), "image/jpeg")
    added = [e for e in bureau.trail() if e.action == "photo.added"]
    assert len(added) == 1
    assert photo.sha256 in str(added[0].detail)


def test_a_look_on_site_brings_the_review_back(bureau: Bureau) -> None:
    """Whoever reviews goes on with what was found; nothing is decided by it."""
    alert = bureau.alert()
    asked = Verdict(Act.ASK_ONSITE, "看不清车内是否有人", officer="na")
    bureau.desk.reviews.give(alert, WANG, asked)
    bureau.clock.advance(UNDO_S)
    (task,) = bureau.desk.tasks.mine(NA, None)
    assert (task.kind, task.officer, task.note) == ("check", "na", asked.comment)
    assert bureau.desk.tasks.mine(BO, None) == ()

    found = Step(TaskAct.RESULT, "key-fnd1", result=Result.FOUND)
    _move(bureau, task.id, ACK, ARRIVE, found)

    assert bureau.state(alert) == "queued"


def test_a_look_called_off_brings_the_review_back(bureau: Bureau) -> None:
    """Nobody goes any more, so that nothing waits; while another goes it does."""
    alert = bureau.alert()
    book = bureau.desk.tasks
    asked = Verdict(Act.ASK_ONSITE, "看不清", officer="na")
    bureau.desk.reviews.give(alert, WANG, asked)
    bureau.clock.advance(UNDO_S)
    (first,) = book.mine(NA, None)
    second = book.add(NewTask(alert, TaskKind.CHECK, "bo", "再看一次"), WANG)

    book.cancel(first.id, WANG)
    assert bureau.state(alert) == "onsite"
    book.cancel(second.id, WANG)

    assert bureau.state(alert) == "queued"
    bureau.desk.reviews.give(alert, WANG, CLUE)
    answered = [e.detail for e in bureau.trail() if e.action == "review.answered"]
    assert len(answered) == 1
    assert "called off" in str(answered[0])


def test_open_tasks_are_counted_and_not_listed(bureau: Bureau) -> None:
    """More than a list shows are still as many as they are."""
    alert = bureau.alert()
    with bureau.database.transaction() as session:
        moment = Moment(session, bureau.clock.utc_now())
        for _ in range(SHOWN + 5):
            wanted = NewTaskRow(
                alert, "campus", TaskKind.CHECK, "", "", WANG, visible_at=moment.now
            )
            offer_task(moment, wanted)
    seen, unseen = (frozenset({CameraId(name)}) for name in ("campus", "depot"))
    counts = [bureau.desk.tasks.open_count(one) for one in (None, seen, unseen)]

    assert counts == [SHOWN + 5, SHOWN + 5, 0]


@pytest.mark.parametrize("lane", ["senior", "supervisor"])
def test_a_look_on_site_brings_it_back_to_who_asked(bureau: Bureau, lane: str) -> None:
    """What a senior or supervisor decides is no reviewer's when the officer is back."""
    alert = bureau.alert()
    if lane == "senior":
        bureau.desk.reviews.give(alert, WANG, Verdict(Act.UNSURE, "看不清"))
    else:
        bureau.desk.reviews.give(alert, WANG, confirmed())
        look = bureau.desk.blind.take(LI, None)
        no = Verdict(Act.DISAGREE, "车内有人", reason=Reason.NOT_A_VIOLATION)
        bureau.desk.blind.answer(look.id, LI, no)
    assert bureau.state(alert) == lane
    asked = Verdict(Act.ASK_ONSITE, "看不清", officer="na")
    bureau.desk.reviews.give(alert, ZHAO, asked)
    bureau.clock.advance(UNDO_S)
    (task,) = bureau.desk.tasks.mine(NA, None)
    found = Step(TaskAct.RESULT, "key-fnd1", result=Result.FOUND)
    _move(bureau, task.id, ACK, ARRIVE, found)

    assert bureau.state(alert) == lane
    with pytest.raises(IllegalStepError):
        bureau.desk.reviews.give(alert, WANG, CLUE)
    answered = [e for e in bureau.trail() if e.action == "review.answered"]
    assert [e.detail["state"] for e in answered] == [lane]  # type: ignore[index, call-overload]


def test_a_link_opens_the_tasks_of_whom_it_was_made_for(bureau: Bureau) -> None:
    """For a day; somebody must be assigned, and a guess opens nothing."""
    alert = bureau.alert()
    book, links = bureau.desk.tasks, bureau.desk.links
    offered = book.add(NewTask(alert, TaskKind.CHECK, "", "请到场"), WANG)
    with pytest.raises(GateError, match="assign somebody"):
        links.make_link(offered.id, WANG)
    book.assign(offered.id, "na", WANG)

    link = links.make_link(offered.id, WANG)

    assert links.open(link.secret, "10.0.0.7").name == "na"
    opened = [e for e in bureau.trail() if e.action == "link.opened"]
    assert [(e.actor, e.detail) for e in opened] == [("na", {"from": "10.0.0.7"})]
    with pytest.raises(NotFoundError):
        links.open("guess", "10.0.0.7")
    bureau.clock.advance(LINK_LASTS.total_seconds())
    with pytest.raises(NotFoundError):
        links.open(link.secret, "10.0.0.7")


@pytest.mark.parametrize("end", ["called off", "another's"])
def test_a_link_is_over_with_the_task_it_was_made_for(bureau: Bureau, end: str) -> None:
    """Who is no longer sent comes in by it no more."""
    book, links = bureau.desk.tasks, bureau.desk.links
    task = book.add(NewTask(bureau.alert(), TaskKind.CHECK, "na", "请到场"), WANG)
    link = links.make_link(task.id, WANG)
    if end == "called off":
        book.cancel(task.id, WANG)
    else:
        book.assign(task.id, "bo", WANG)

    with pytest.raises(NotFoundError, match="it is over"):
        links.open(link.secret, "10.0.0.7")
