"""The look sampler on real H.264 and H.265 streams with B-frames."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from base.clock import SystemClock
from streams.decoder import PictureDecoder
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.packet import EncodedPacket, RawPacket
from streams.playback import play
from streams.source import Source
from tests.streams.conftest import CAMERA, START, ClipOf, file_address
from tests.streams.footage import Recipe, number_of, reference

WITH_B_FRAMES = Recipe(fps=25, seconds=8, gop=50, b_frames=3)
H265 = Recipe(codec="libx265", fps=25, seconds=6, gop=50, b_frames=2)
CODECS = [
    pytest.param(WITH_B_FRAMES, id="h264"),
    pytest.param(H265, id="h265"),
]


def raw_packets(path: Path) -> list[RawPacket]:
    with Source(file_address(path), 5, SystemClock()) as source:
        return list(source.packets())


def an_intake(
    max_gap_s: float, resting_s: float | None = None, plan: LookPlan | None = None
) -> Intake:
    plan = plan or LookPlan(LookRequest(max_gap_s))
    resting = LookRequest(resting_s or max_gap_s)
    intake = Intake(CAMERA, plan, IntakeOptions(resting))
    intake.connect(START)
    return intake


def run(intake: Intake, raws: list[RawPacket]) -> Iterator[tuple[EncodedPacket, Frame]]:
    """Each frame with the packet at which it came out."""
    for raw in raws:
        packet = intake.stamp(raw, None)
        for frame in intake.take(packet):
            yield packet, frame


@pytest.mark.parametrize("recipe", CODECS)
def test_a_key_picture_comes_with_its_own_packet(
    clip_of: ClipOf, recipe: Recipe
) -> None:
    """Under key-frame looks, B-frames delay no picture, and it is the right one."""
    path = clip_of(recipe)
    exact = reference(path)

    came = list(run(an_intake(2.0), raw_packets(path)))

    assert [packet.at for packet, _ in came] == [frame.at for _, frame in came]
    assert [number_of(frame.image) for _, frame in came] == [
        n for n in range(recipe.pictures) if n % recipe.gop == 0
    ]
    for _, frame in came:
        assert frame.is_keyframe
        assert np.array_equal(frame.image, exact[number_of(frame.image)])


@pytest.mark.parametrize("recipe", CODECS)
def test_full_decoding_is_late_by_less_than_a_fifth_of_a_second(
    clip_of: ClipOf, recipe: Recipe
) -> None:
    """With every packet decoded, B-frames delay a picture by the reorder depth only."""
    came = list(run(an_intake(0.04), raw_packets(clip_of(recipe))))

    late = [packet.decode_at - frame.at for packet, frame in came]
    assert len(came) > 0.9 * recipe.pictures
    assert max(late) < timedelta(seconds=0.2)


@pytest.mark.parametrize("recipe", CODECS)
def test_the_first_full_picture_equals_the_reference(
    clip_of: ClipOf, recipe: Recipe
) -> None:
    """Going to full decode in the middle of a group gives bit-exact pictures."""
    path = clip_of(recipe)
    exact = reference(path)
    plan = LookPlan(LookRequest(2.0))
    intake = an_intake(2.0, plan=plan)
    frames: list[Frame] = []

    for index, raw in enumerate(raw_packets(path)):
        if index == 77:
            plan.ask(LookRequest(0.1))
        frames += intake.take(intake.stamp(raw, None))
    frames += intake.finish()

    full = [frame for frame in frames if not frame.is_keyframe]
    first = full[0]
    assert 50 <= number_of(first.image) <= 77
    for frame in full:
        number = number_of(frame.image)
        assert frame.at == START + timedelta(seconds=number / recipe.fps)
        assert np.array_equal(frame.image, exact[number])


def test_it_goes_back_to_key_frames(clip_of: ClipOf) -> None:
    """When key frames suffice again, the next key packet ends full decoding."""
    plan = LookPlan(LookRequest(2.0))
    intake = an_intake(2.0, plan=plan)
    decoded_at: dict[int, int] = {}
    for index, raw in enumerate(raw_packets(clip_of(WITH_B_FRAMES))):
        if index == 60:
            plan.ask(LookRequest(0.2))
        if index == 110:
            plan.ask(LookRequest(2.0))
        list(intake.take(intake.stamp(raw, None)))
        decoded_at[index] = intake.sampler.decoded

    assert not intake.sampler.is_full_decode
    # the group that was full is decoded to its end, the last one by its key alone
    assert decoded_at[149] - decoded_at[110] >= 38
    assert decoded_at[199] - decoded_at[150] == 0


def test_key_frames_alone_decode_key_frames_alone(clip_of: ClipOf) -> None:
    """While keys serve the gap, one picture a group of pictures is decoded."""
    path = clip_of(WITH_B_FRAMES)
    plan = LookPlan(LookRequest(2.0))
    playback = play(
        file_address(path), CAMERA, START, plan, IntakeOptions(plan.request)
    )

    frames = list(playback)

    assert [frame.at for frame in frames] == [
        START + timedelta(seconds=n) for n in (0, 2, 4, 6)
    ]
    assert playback.decoded == 4
    assert playback.faults == frozenset()


def test_keys_are_thinned_to_the_gap(clip_of: ClipOf) -> None:
    """A gap of two key intervals needs every second key frame only."""
    path = clip_of(Recipe(fps=10, seconds=12, gop=10))
    plan = LookPlan(LookRequest(3.0))
    playback = play(
        file_address(path), CAMERA, START, plan, IntakeOptions(plan.request)
    )

    passed = [(frame.at - START).total_seconds() for frame in playback]
    assert passed == [0.0, 3.0, 6.0, 9.0]
    assert playback.decoded == 4


def test_a_long_gop_is_a_fault_and_the_gap_is_kept(clip_of: ClipOf) -> None:
    """With one key frame in the clip, everything is decoded and `LONG_GOP` told."""
    path = clip_of(Recipe(fps=10, seconds=6, gop=600))
    plan = LookPlan(LookRequest(1.0))
    playback = play(
        file_address(path), CAMERA, START, plan, IntakeOptions(plan.request)
    )

    frames = list(playback)

    passed = [(frame.at - START).total_seconds() for frame in frames]
    assert passed == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert FeedFault.LONG_GOP not in frames[0].faults
    assert FeedFault.LONG_GOP in frames[-1].faults


def test_a_passing_request_does_not_make_a_gop_long(clip_of: ClipOf) -> None:
    """Keys that serve the resting request are no fault while more is asked for."""
    intake = an_intake(0.2, resting_s=2.0)

    frames = [frame for _, frame in run(intake, raw_packets(clip_of(WITH_B_FRAMES)))]

    assert intake.sampler.is_full_decode
    assert all(FeedFault.LONG_GOP not in frame.faults for frame in frames)


def test_varying_groups_keep_the_gap(clip_of: ClipOf) -> None:
    """Groups of 0.5 to 3 s: no gap is ever longer than asked for."""
    path = clip_of(Recipe(fps=10, seconds=12, gops=(5, 10, 30, 10, 15, 30, 20)))
    plan = LookPlan(LookRequest(1.5))
    frames = list(
        play(file_address(path), CAMERA, START, plan, IntakeOptions(plan.request))
    )

    times = [frame.at for frame in frames]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert max(gaps) <= timedelta(seconds=1.5)


def test_a_key_frame_that_stays_away_is_made_up_for(clip_of: ClipOf) -> None:
    """Keys every 0.5 s, then none for 5 s: the gap of 1 s is kept within 5 %."""
    path = clip_of(Recipe(fps=10, seconds=12, gops=(5, 5, 5, 5, 5, 5, 50, 5, 5, 30)))
    plan = LookPlan(LookRequest(1.0))
    frames = list(
        play(file_address(path), CAMERA, START, plan, IntakeOptions(plan.request))
    )

    gaps = [later.at - sooner.at for sooner, later in pairwise(frames)]
    assert max(gaps) <= timedelta(seconds=1.15)


def test_every_frame_means_every_picture(clip_of: ClipOf) -> None:
    """A request for every frame hands on all of them in order."""
    recipe = Recipe(fps=25, seconds=2, gop=25, b_frames=3)
    plan = LookPlan(LookRequest(1.0, every_frame=True))
    frames = play(
        file_address(clip_of(recipe)), CAMERA, START, plan, IntakeOptions(plan.request)
    )

    assert [number_of(f.image) for f in frames] == list(range(50))


def test_junk_in_a_packet_is_no_picture(clip_of: ClipOf) -> None:
    """A key packet of noise yields nothing, and the next one decodes."""
    raws = raw_packets(clip_of(WITH_B_FRAMES))
    intake = an_intake(2.0)
    packets = [intake.stamp(raw, None) for raw in raws if raw.is_keyframe]
    decoder = PictureDecoder(packets[0].format)
    noise = np.random.default_rng(1).bytes(len(packets[0].data))
    broken = EncodedPacket(
        data=noise,
        format=packets[0].format,
        is_keyframe=True,
        at=packets[0].at,
        decode_at=packets[0].decode_at,
        duration_s=0.04,
    )

    assert decoder.key(broken) is None
    after = decoder.key(packets[1])
    assert after is not None
    assert number_of(after.image()) == 50


def test_gradual_refresh_is_decoded_as_a_whole(clip_of: ClipOf) -> None:
    """A stream without whole key pictures is decoded fully, and told `LONG_GOP`."""
    path = clip_of(Recipe(fps=10, seconds=14, gop=10, refresh=True))
    plan = LookPlan(LookRequest(1.0))
    frames = list(
        play(file_address(path), CAMERA, START, plan, IntakeOptions(plan.request))
    )

    gaps = [later.at - sooner.at for sooner, later in pairwise(frames[2:])]
    assert len(frames) >= 8
    assert max(gaps) <= timedelta(seconds=1.15)
    assert FeedFault.LONG_GOP in frames[-1].faults


def test_a_stream_of_noise_is_corrupt(clip_of: ClipOf) -> None:
    """When no picture comes out over several key frames, the feed is `CORRUPT`."""
    raws = raw_packets(clip_of(Recipe(fps=10, seconds=12, gop=5)))
    rng = np.random.default_rng(1)
    noise = [replace(raw, data=rng.bytes(len(raw.data))) for raw in raws]

    with pytest.raises(FeedError) as error:
        list(run(an_intake(1.0), noise))

    assert error.value.fault is FeedFault.CORRUPT


def test_a_stream_joined_in_the_middle_waits_for_its_key(clip_of: ClipOf) -> None:
    """Packets before the first key frame give no look, and a long wait is told."""
    raws = raw_packets(clip_of(Recipe(fps=10, seconds=8, gop=40)))[5:]
    intake = an_intake(1.0)

    came = list(run(intake, raws))

    assert number_of(came[0][1].image) == 40
    assert FeedFault.LONG_GOP in came[0][1].faults
