"""The manifest: canonical bytes out, the same pack back, junk refused."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

import pytest

from alerts.digest import digest
from alerts.errors import StoreError
from alerts.evidence_facts import ClockCheck, Floor, PackFacts, TimeSource
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from alerts.pack_manifest import (
    Manifest,
    Sealing,
    canonical,
    decode_manifest,
    encode_manifest,
    manifest_of,
    pack_of,
    stamp,
)
from rules.violation import Gap, Life
from tests.alerts.evidence_rig import BOX, at, violation


def _pack() -> Pack:
    original = EvidenceFile(
        "first.jpg", Role.FIRST, "image/jpeg", digest(b"a"), at(2), box=BOX
    )
    drawn = replace(
        original, name="first.annotated.jpg", stored=digest(b"b"), parent="first.jpg"
    )
    clip = EvidenceFile(
        "clip.mp4", Role.CLIP, "video/mp4", digest(b"c"), at(50), ended_at=at(80)
    )
    return Pack(
        id=PackId(UUID(int=5)),
        state=PackState.PARTIAL,
        files=(original, drawn, clip),
        reasons=("ring_too_short",),
        gaps=(Gap(at(50), at(54)),),
        config="c" * 64,
        model="nano@0123456789ab",
        facts=PackFacts(
            clock=ClockCheck(TimeSource.SENDER_REPORT, 12.5, at(40)),
            device_lacks=("no_sign",),
            floors=(Floor.PICTURE_TOO_SMALL,),
        ),
    )


def _manifest() -> Manifest:
    return manifest_of(
        _pack(), violation(Life.OPEN, 60), Sealing("nonsite 0.1.0", at(100))
    )


def test_pack_comes_back_from_its_manifest() -> None:
    """Encoded and decoded, a manifest describes the same pack."""
    raw = encode_manifest(_manifest())

    assert pack_of(decode_manifest(raw)) == _pack()


def test_manifest_is_canonical_and_names_parents_by_digest() -> None:
    """Sorted keys, no spaces; a derivative carries its parent's hash."""
    raw = encode_manifest(_manifest())
    content = json.loads(raw)

    assert raw == canonical(content)
    assert content["files"][1]["parent_sha256"] == digest(b"a").key
    assert content["opened_at"] == "2026-11-23T02:01:00.000000Z"


def test_times_do_not_depend_on_the_zone_they_came_in() -> None:
    """The same moment is the same text."""
    beijing = at(1.5).astimezone(timezone(timedelta(hours=8)))

    assert stamp(beijing) == stamp(at(1.5)) == "2026-11-23T02:00:01.500000Z"


def test_stranger_as_parent_is_refused() -> None:
    """A derivative whose original is not in the pack makes no manifest."""
    pack = _pack()
    orphan = replace(pack, files=pack.files[1:])

    with pytest.raises(StoreError, match="parent"):
        manifest_of(orphan, violation(Life.OPEN, 60), Sealing("nonsite", at(100)))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: raw[:-1], id="cut off"),
        pytest.param(lambda raw: raw.replace(b'"version":2', b'"version":3'), id="new"),
        pytest.param(
            lambda raw: raw.replace(b'"version":2', b'"version":1'), id="not of its own"
        ),
        pytest.param(lambda raw: raw.replace(b'"masks":[],', b""), id="one is missing"),
        pytest.param(lambda raw: raw[:-1] + b',"more":1}', id="unknown key"),
        pytest.param(lambda raw: b" " + raw, id="not canonical"),
        pytest.param(
            lambda raw: raw.replace(digest(b"a").key.encode(), b"xyz"), id="no digest"
        ),
        pytest.param(
            lambda raw: raw.replace(b"ring_too_short", b"because"), id="no reason"
        ),
    ],
)
def test_junk_is_no_manifest(spoil: object) -> None:
    """A damaged manifest is a store error, never a pack."""
    with pytest.raises(StoreError):
        decode_manifest(spoil(encode_manifest(_manifest())))  # type: ignore[operator]


def test_numbers_without_meaning_are_refused() -> None:
    """NaN has no canonical form."""
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": float("nan")})
