"""Annotated stills, judged by what they are made of, not by their pixels."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from alerts.annotate import Caption, annotate, caption_lines
from alerts.annotate_strip import font
from alerts.errors import StillError
from alerts.pack import Role
from alerts.pack_scene import Scene
from detector.box import Box
from rules.clause import ClauseTrace, Truth, Why
from rules.violation import Life
from tests.alerts.evidence_rig import BOX, ZONE, at, jpeg, violation

CAPTION = Caption(
    scene=Scene("南湖区纺工路 3 号杆", "人行道违停", ZONE),
    number="3f2a91bc",
    code="SW-01",
    role=Role.LAST,
    at=at(82.345),
    first_seen=at(0),
    judged_at=at(60),
    box=BOX,
    clauses=(
        *violation(Life.OPEN, 60).clauses,
        ClauseTrace("new_clause", Truth.UNKNOWN, why=Why.OCCLUDED),
    ),
)


def _words(caption: Caption = CAPTION) -> str:
    return "\n".join(f"{line.left} {line.right}" for line in caption_lines(caption))


def _opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw)).convert("RGB")


@pytest.mark.parametrize(
    "words",
    [
        "疑似人行道违停线索",
        "SW-01",
        "3f2a91bc",
        "南湖区纺工路 3 号杆",
        "北京时间 2026-11-23 10:01:22.345 (+08:00)",
        "UTC 2026-11-23 02:01:22.345",
        "至本图 82 秒",
        "成立 静止停留 60 秒（阈值 60 秒）",
        "未观测 不在泊位内且无许可（未接入许可登记）",
        "未观测 new_clause（被遮挡）",
        "须经执法人员审核",
    ],
)
def test_caption_says(words: str) -> None:
    """Camera, both times, number, clauses with numbers, and that a person decides."""
    assert words in _words()


@pytest.mark.parametrize("word", ["违法", "处罚", "罚款", "符合"])
def test_caption_never_judges(word: str) -> None:
    """A picture says 疑似; whether it was unlawful is a person's verdict."""
    assert word not in _words()


def test_unseen_thing_is_said_to_be_unseen() -> None:
    """A still without the thing has no box and says so."""
    assert "本图未见目标" in _words(replace(CAPTION, box=None))


@pytest.mark.parametrize("size", [(320, 240), (768, 576), (1920, 1080)])
def test_words_stand_below_the_picture(size: tuple[int, int]) -> None:
    """The picture's own pixels change along box and zone only; the strip is added."""
    original = jpeg(size=size)
    drawn = _opened(annotate(original, CAPTION))

    assert drawn.width == size[0]
    assert drawn.height > size[1]
    inside = (
        round(size[0] * 0.25),
        round(size[1] * 0.45),
        round(size[0] * 0.45),
        round(size[1] * 0.65),
    )
    difference = ImageChops.difference(
        drawn.crop(inside), _opened(original).crop(inside)
    )
    assert max(high for _, high in difference.getextrema()) <= 8  # type: ignore[misc]


def test_box_and_zone_are_drawn_where_they_are() -> None:
    """The lines lie on the box's edge and on the zone's outline."""
    size = (1000, 800)
    drawn = _opened(annotate(jpeg(size=size), CAPTION))

    def has_ink(x: float, y: float) -> bool:
        spot = drawn.crop((int(x) - 5, int(y) - 5, int(x) + 6, int(y) + 6))
        return max(high - low for low, high in spot.getextrema()) > 60  # type: ignore[misc]

    assert has_ink(200, 440)
    assert has_ink(350, 560)
    assert has_ink(100, 600)
    assert not has_ink(600, 500)


def test_zone_outline_does_not_cross_the_thing() -> None:
    """Inside the box the still is as the camera gave it, up to compression."""
    size = (1000, 800)
    caption = replace(CAPTION, box=Box(0.05, 0.2, 0.5, 0.5))
    drawn = _opened(annotate(jpeg(size=size), caption))
    inside = drawn.crop((60, 170, 490, 390))

    assert max(high - low for low, high in inside.getextrema()) <= 8  # type: ignore[misc]


def test_box_at_the_upper_edge_keeps_its_label_inside() -> None:
    """Where nothing fits above the box, the label goes below it."""
    caption = replace(CAPTION, box=Box(0.8, 0.0, 1.0, 0.2))

    assert annotate(jpeg(size=(640, 480)), caption)


def test_equal_stills_give_equal_bytes() -> None:
    """A derivative can be made again and compared."""
    assert annotate(jpeg(), CAPTION) == annotate(jpeg(), CAPTION)


def test_place_names_have_their_glyphs() -> None:
    """Streets of the district are written, not boxed."""
    face = font(768, "plain")
    missing = face.getmask("\U0001f600")

    for sign in "嘉兴南湖泾浜塘汇纺圩衢鄞瓯疑似线索编号":
        assert face.getmask(sign).getbbox() != missing.getbbox() or bytes(
            face.getmask(sign)
        ) != bytes(missing), sign


def test_long_title_is_broken_never_cut() -> None:
    """A title wider than the picture goes on in the next line: the strip grows."""
    long = replace(CAPTION.scene, camera_title="南湖区纺工路王江泾段" * 8)
    short = _opened(annotate(jpeg(), CAPTION))
    drawn = _opened(annotate(jpeg(), replace(CAPTION, scene=long)))

    assert drawn.height > short.height + 20


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a jpeg", id="text"),
        pytest.param(jpeg()[: len(jpeg()) // 2], id="cut off"),
        pytest.param(b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9", id="framed noise"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), id="another format"),
    ],
)
def test_junk_is_no_still(junk: bytes) -> None:
    """What cannot be opened whole is a named error."""
    with pytest.raises(StillError, match="JPEG"):
        annotate(junk, CAPTION)


def test_absurdly_large_picture_is_refused() -> None:
    """A small file that claims a huge picture is not unpacked."""
    header = bytearray(jpeg())
    at_frame = header.index(b"\xff\xc0")
    header[at_frame + 5 : at_frame + 9] = b"\xff\xf0\xff\xf0"

    with pytest.raises(StillError, match=r"pixels|JPEG"):
        annotate(bytes(header), CAPTION)
