"""Staged recordings: real streams, the same bytes each time, each step as it says."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from streams.errors import FeedError
from streams.excerpt import excerpts, pictures_at
from streams.extent import extent
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.stage_settings import StageSection
from streams.staging import staged
from streams.stretch import WHOLE, Stretch
from tests.streams.footage import Recipe, number_of, write

SECONDS, FPS = 8, 10


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of numbered pictures."""
    path = tmp_path_factory.mktemp("source") / "clip.mp4"
    write(path, Recipe(seconds=SECONDS, fps=FPS))
    return path


Make = Callable[..., Path]


@pytest.fixture
def make(source: Path, tmp_path: Path) -> Make:
    """Stages the source."""

    def made(
        *steps: dict[str, object], stretch: Stretch = WHOLE, **how: object
    ) -> Path:
        section = StageSection.model_validate({"steps": steps, **how})
        return staged(source, stretch, section, tmp_path / "cache")

    return made


def pictures(path: Path) -> list[ImageBGR]:
    with av.open(str(path)) as clip:
        return [
            np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            for frame in clip.decode(video=0)
        ]


def test_a_staged_recording_is_made_once_and_always_the_same(
    make: Make, source: Path, tmp_path: Path
) -> None:
    """Another folder, another day: the same bytes; the same folder: the same file."""
    rain = {"kind": "rain", "seed": 3}
    first = make(rain)
    written_at = first.stat().st_mtime_ns

    again = make(rain)
    elsewhere = staged(
        source, WHOLE, StageSection.model_validate({"steps": [rain]}), tmp_path / "b"
    )

    assert again == first
    assert again.stat().st_mtime_ns == written_at
    assert elsewhere.read_bytes() == first.read_bytes()
    assert make({"kind": "rain", "seed": 4}) != first


def test_a_stretch_begins_and_ends_where_it_says(make: Make) -> None:
    """From the second second to the fifth: thirty pictures, the twentieth first."""
    cut = pictures(make(stretch=Stretch(2, 5)))

    assert [number_of(picture) for picture in cut] == list(range(20, 50))


def test_key_frames_come_as_asked(make: Make) -> None:
    """A group of one second has a key frame every ten pictures."""
    with av.open(str(make(gop_s=1.0))) as clip:
        packets = [packet for packet in clip.demux(video=0) if packet.size]

    keys = [n for n, packet in enumerate(packets) if packet.is_keyframe]
    assert keys == list(range(0, SECONDS * FPS, FPS))


def test_bitrate_and_codec_are_as_asked(make: Make) -> None:
    """A starved stream has the bits it was given; H.265 is H.265."""
    good, starved = make(), make(kbps=32)

    assert 8 * starved.stat().st_size / SECONDS < 1.25 * 32_000
    assert 8 * good.stat().st_size / SECONDS > 1.25 * 32_000
    with av.open(str(make(codec="h265"))) as clip:
        assert clip.streams.video[0].codec_context.name == "hevc"


def test_steps_act_only_in_their_time(make: Make) -> None:
    """Night falls at four seconds and is over at six."""
    light = [
        float(picture[40:].mean())
        for picture in pictures(make({"kind": "night", "from_s": 4, "to_s": 6}))
    ]

    assert min(light[:40] + light[60:]) > 2 * max(light[40:60])


def test_frozen_pictures_repeat_and_time_runs_on(make: Make) -> None:
    """The picture stands still from the third second on, all of them are sent."""
    numbers = [number_of(p) for p in pictures(make({"kind": "freeze", "from_s": 3}))]

    assert numbers == [*range(30), *[30] * 50]


def test_dropped_pictures_leave_their_time_empty(make: Make) -> None:
    """About half arrive, each at its own time."""
    with av.open(str(make({"kind": "drop", "share": 0.5}))) as clip:
        times = [frame.time for frame in clip.decode(video=0)]
        numbers_at = [round((time or 0) * FPS) for time in times]

    assert 25 <= len(times) <= 55
    assert numbers_at == sorted(set(numbers_at))


def test_a_bump_moves_the_picture(make: Make) -> None:
    """A tenth of the width to the right from the second second on."""
    before, after = (
        pictures(make()),
        pictures(make({"kind": "bump", "shift": (0.1, 0.0), "from_s": 2})),
    )
    step = round(0.1 * after[0].shape[1])

    still = np.abs(after[10].astype(int) - before[10]).mean()
    moved = np.abs(after[30][:, step:].astype(int) - before[30][:, :-step]).mean()
    assert still < 3
    assert moved < 12
    assert np.abs(after[30].astype(int) - before[30]).mean() > 25


def test_a_thing_is_put_where_it_is_wanted_and_taken_away(make: Make) -> None:
    """A piece of the first picture stands elsewhere; an erased place is smooth."""
    put = {"kind": "paste", "source": (0, 0.5, 0.25, 1), "at": (0.5, 0.5)}
    gone = {"kind": "erase", "box": (0.5, 0.5, 0.75, 1)}
    plain = pictures(make())[20]
    with_thing, without = pictures(make(put))[20], pictures(make(gone))[20]
    height, width = plain.shape[:2]
    inner = (slice(int(0.6 * height), int(0.9 * height)),)
    here = (*inner, slice(int(0.55 * width), int(0.7 * width)))
    there = (*inner, slice(int(0.05 * width), int(0.2 * width)))

    first = pictures(make())[0]
    assert np.abs(with_thing[here].astype(int) - first[there]).mean() < 12
    assert without[here].std() < plain[here].std() / 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(None, FeedFault.NOT_FOUND, id="missing"),
        pytest.param(b"no film", FeedFault.CORRUPT, id="text"),
        pytest.param(b"", FeedFault.CORRUPT, id="empty"),
    ],
)
def test_junk_cannot_be_staged_or_measured(
    tmp_path: Path, content: bytes | None, fault: FeedFault
) -> None:
    """The fault is named, and nothing is left in the cache."""
    path = tmp_path / "junk.mp4"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(FeedError) as caught:
        staged(path, WHOLE, StageSection(), tmp_path / "cache")
    with pytest.raises(FeedError) as measured:
        extent(path)

    assert (caught.value.fault, measured.value.fault) == (fault, fault)
    assert not list(tmp_path.glob("cache/*"))


def test_nothing_left_to_stage_is_said(make: Make) -> None:
    """A stretch behind the end holds no picture."""
    with pytest.raises(FeedError, match="no picture is left"):
        make(stretch=Stretch(60, 70))


def test_extent_is_that_of_the_recording(source: Path) -> None:
    """Length, pace and size come from the header."""
    found = extent(source)

    assert found.length_s == pytest.approx(SECONDS, abs=0.11)
    assert (found.fps, found.size_px) == (FPS, (256, 144))


def test_excerpts_are_cut_at_key_frames_around_their_stretch(
    source: Path, tmp_path: Path
) -> None:
    """Each holds what was asked for, in the order asked, and says where it begins."""
    cuts = excerpts(source, [(5.0, 7.0), (0.5, 2.0)], tmp_path)

    assert [cut.from_s for cut in cuts] == [4.0, 0.0]
    assert number_of(pictures(cuts[0].path)[0]) == 40
    assert cuts[1].to_s >= 2.0


def test_pictures_are_those_shown_at_the_moment(source: Path) -> None:
    """One for each moment, in the order asked; none behind the end."""
    found = pictures_at(source, [3.0, 1.0, 99.0])

    assert [None if p is None else number_of(p) for p in found] == [30, 10, None]
