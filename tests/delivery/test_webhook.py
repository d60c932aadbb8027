"""A signed message over HTTP: what leaves the house, and what may come back."""

import hashlib
import hmac

import pytest
from pydantic import SecretStr

from alerts.alert import AlertId
from alerts.dedup import Telling
from alerts.repository import AlertRepository
from base.networks import Reach, networks_of
from delivery.errors import DeliveryError
from delivery.message import Message, Wording
from delivery.webhook import WebhookAddress, post
from rules.catalogue import shipped_catalogue
from tests.delivery.conftest import KEY, Post
from tests.delivery.receiver import Receiver, closed_port

LOOPBACK = Reach(networks_of("127.0.0.0/8"))
MESSAGE = Message("m-1", None, '{"text_zh": "疑似"}'.encode())


def _address(
    url: str, reach: Reach = LOOPBACK, timeout_s: float = 1.0
) -> WebhookAddress:
    return WebhookAddress(SecretStr(url), SecretStr(KEY), reach, timeout_s)


def test_the_other_side_can_check_who_sent_it(hook: Receiver) -> None:
    """Timestamp and body are signed; the id is the same at every attempt."""
    receipt = post(_address(hook.url), MESSAGE, "1700000000")

    (taken,) = hook.taken
    signed = b"1700000000." + taken.body
    made = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert taken.headers["x-nonsite-signature"] == f"v1={made}"
    assert taken.headers["x-nonsite-timestamp"] == "1700000000"
    assert taken.headers["idempotency-key"] == "m-1"
    assert taken.headers["content-type"] == "application/json; charset=utf-8"
    assert taken.body == MESSAGE.body
    assert (receipt.status, receipt.text) == (200, '{"receipt": "r-1"}')


def _alarm(post_: Post) -> Message:
    alert: AlertId = post_.raise_s1()
    found = AlertRepository(post_.database).get_alert(alert)
    wording = Wording(shipped_catalogue(), post_.site(), "https://desk.example")
    return wording.alarm("m", found, Telling.OPENED)


def test_a_message_points_to_nobody_and_judges_nobody(post: Post) -> None:
    """No plate, picture, box or score; 疑似…线索 and never 违法 or 处罚."""
    text = _alarm(post).body.decode()

    assert "疑似" in text
    assert "线索" in text
    assert "12345" not in text
    for word in ("违法", "处罚", "box", "score", "label", "jpg", "signature"):
        assert word not in text


@pytest.mark.parametrize("status", [301, 302, 400, 404, 429, 500, 503])
def test_whatever_is_no_success_is_a_failure(hook: Receiver, status: int) -> None:
    """A redirect is not followed: the signed message goes to one address only."""
    hook.status = status
    hook.headers = {"Location": hook.url + "/other", "Retry-After": "7"}

    with pytest.raises(DeliveryError) as failed:
        post(_address(hook.url), MESSAGE, "1")

    assert failed.value.status == status
    assert failed.value.retry_after_s == 7
    assert len(hook.taken) == 1


def test_a_server_that_hangs_drips_or_refuses_is_left_in_time(hook: Receiver) -> None:
    """One deadline for the whole exchange, whatever the other side does."""
    hook.hangs = True
    with pytest.raises(DeliveryError, match=r"no answer within 0\.5 s"):
        post(_address(hook.url, timeout_s=0.5), MESSAGE, "1")
    hook.hangs, hook.drips = False, True
    with pytest.raises(DeliveryError, match=r"no answer within 0\.5 s"):
        post(_address(hook.url, timeout_s=0.5), MESSAGE, "1")
    with pytest.raises(DeliveryError, match="cannot be connected"):
        post(_address(f"http://127.0.0.1:{closed_port()}/x"), MESSAGE, "1")


def test_the_machine_itself_is_out_of_reach_unless_named(hook: Receiver) -> None:
    """Neither by address nor by a name that means it."""
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises(DeliveryError, match="may not be reached"):
            post(_address(f"http://{host}:{hook.port}/", Reach()), MESSAGE, "1")

    assert hook.taken == []


def test_no_failure_repeats_an_address_or_a_key(hook: Receiver) -> None:
    """A token in an address must not reach the log, the book or a page."""
    hook.status = 500
    for url in (
        f"{hook.url}?access_token=s3cret",
        f"http://127.0.0.1:{closed_port()}/s3cret",
        "http://s3cret.invalid/x",
        "https://127.0.0.1:1/s3cret",
    ):
        with pytest.raises(DeliveryError) as failed:
            post(_address(url), MESSAGE, "1")
        assert "s3cret" not in str(failed.value)
        assert KEY not in str(failed.value)


def test_a_huge_or_strange_answer_is_cut(hook: Receiver) -> None:
    """The receipt is short text, credentials taken out."""
    hook.answer = b"token=s3cret\x00\x1b[31m" + b"x" * 5_000_000

    receipt = post(_address(hook.url), MESSAGE, "1")

    assert len(receipt.text) <= 200
    assert receipt.text.isprintable()
    assert "s3cret" not in receipt.text
