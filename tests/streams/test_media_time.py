"""Media time over stamps that wrap, reset, stand still, jump and go missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streams.media_time import MediaTime
from streams.packet import Codec, EncodedPacket, RawPacket, VideoFormat

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
FORMAT = VideoFormat(Codec.H264, b"", 256, 144)
RAW = RawPacket(b"x", FORMAT, False, None, None, None, 1 / 90_000)  # noqa: FBT003
STEP = 0.1


def at_s(packet: EncodedPacket) -> float:
    return (packet.at - START).total_seconds()


def stamped(
    stamps: list[float | None], *, live: list[float] | None = None
) -> tuple[MediaTime, list[EncodedPacket]]:
    """Media time of packets whose picture and decoding stamps are the same."""
    time = MediaTime()
    time.anchor(START)
    packets = [
        time.stamp(replace(RAW, pts_s=s, dts_s=s), None if live is None else live[n])
        for n, s in enumerate(stamps)
    ]
    return time, packets


def test_the_first_picture_is_at_the_anchor() -> None:
    """Whatever the feed's clock says, its first picture is at the anchor."""
    time, packets = stamped([7000.0, 7000.1, 7000.2])

    assert [round(at_s(p), 6) for p in packets] == [0.0, 0.1, 0.2]
    assert time.epoch == 0


@pytest.mark.parametrize(
    ("period", "tick_s"),
    [
        pytest.param(2**33 / 90_000, 1 / 90_000, id="mpeg-ts 33 bit"),
        pytest.param(2**32 / 90_000, 1 / 90_000, id="rtp 32 bit"),
        pytest.param(2**32 / 1000, 1 / 1000, id="flv 32 bit milliseconds"),
    ],
)
def test_a_wrap_is_no_discontinuity(period: float, tick_s: float) -> None:
    """Stamps that wrap around their counter run on."""
    time = MediaTime()
    time.anchor(START)
    stamps = [period - 0.2, period - 0.1, 0.0, 0.1]

    ats = [
        at_s(time.stamp(replace(RAW, pts_s=s, dts_s=s, tick_s=tick_s), None))
        for s in stamps
    ]

    assert [round(at, 3) for at in ats] == [0.0, 0.1, 0.2, 0.3]
    assert time.epoch == 0


def test_a_reset_is_a_recorded_discontinuity() -> None:
    """Stamps that begin anew raise the epoch; time goes on at the stream's pace."""
    time, packets = stamped([50.0, 50.1, 50.2, 0.0, 0.1])

    assert [round(at_s(p), 3) for p in packets] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert [p.epoch for p in packets] == [0, 0, 0, 1, 1]
    assert time.jumps == 1


def test_a_live_reset_goes_on_by_the_hosts_clock() -> None:
    """Live, a reset takes the time that really passed."""
    _, packets = stamped([50.0, 50.1, 3.0, 3.1], live=[10.0, 10.1, 12.1, 12.2])

    assert [round(at_s(p), 2) for p in packets] == [0.0, 0.1, 2.1, 2.2]


def test_a_jump_ahead_does_not_lengthen_a_dwell() -> None:
    """A feed whose clock leaps an hour is not believed, live or recorded."""
    stamps = [0.0, 0.1, 3600.0, 3600.1]
    _, live = stamped(list(stamps), live=[0.0, 0.1, 0.2, 0.3])
    _, recorded = stamped(list(stamps))

    assert [round(at_s(p), 2) for p in live] == [0.0, 0.1, 0.2, 0.3]
    assert [round(at_s(p), 2) for p in recorded] == [0.0, 0.1, 0.2, 0.3]
    assert live[-1].epoch == recorded[-1].epoch == 1


def test_a_pause_is_a_pause() -> None:
    """A gap in the stamps that the host saw too is kept, without discontinuity."""
    time, packets = stamped([0.0, 0.1, 8.1], live=[0.0, 0.1, 8.1])

    assert round(at_s(packets[-1]), 2) == 8.1
    assert time.epoch == 0


def test_missing_stamps_go_on_at_the_pace_of_the_stream() -> None:
    """Packets without stamps are placed one picture after another."""
    _, packets = stamped([0.0, 0.1, None, None, 0.4])

    assert [round(at_s(p), 3) for p in packets] == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_no_stamps_at_all() -> None:
    """A stream without any stamps plays at 25 pictures a second."""
    _, packets = stamped([None] * 4)

    assert [round(at_s(p), 3) for p in packets] == [0.0, 0.04, 0.08, 0.12]


def test_b_frames_are_shown_out_of_decoding_order() -> None:
    """Picture times follow the picture stamps, decoding times never run back."""
    time = MediaTime()
    time.anchor(START)
    order = [(0.0, -0.2), (0.4, -0.1), (0.2, 0.0), (0.1, 0.1), (0.3, 0.2)]

    packets = [time.stamp(replace(RAW, pts_s=p, dts_s=d), None) for p, d in order]

    assert [round(at_s(p), 3) for p in packets] == [0.0, 0.4, 0.2, 0.1, 0.3]
    decode = [p.decode_at for p in packets]
    assert decode == sorted(decode)


def test_disorder_never_runs_back() -> None:
    """Stamps that fall back a little make time stand still, not run back."""
    _, packets = stamped([0.0, 0.1, 0.2, 0.15, 0.3])

    decode = [p.decode_at for p in packets]
    assert decode == sorted(decode)
    assert packets[-1].epoch == 0


def test_a_loops_seam_runs_on() -> None:
    """At the seam of a recording the next picture follows by one picture."""
    time, packets = stamped([0.0, 0.1, 0.2])
    time.run_on()
    after = time.stamp(replace(RAW, pts_s=0.0, dts_s=0.0), None)

    assert round(at_s(after), 3) == 0.3
    assert (packets[-1].epoch, after.epoch) == (0, 1)


def test_a_reconnect_takes_the_wall_clock_but_never_runs_back() -> None:
    """A new connection is anchored at its wall time, or just after the last picture."""
    time, _ = stamped([0.0, 0.1, 0.2])
    time.anchor(START + timedelta(seconds=20))
    later = time.stamp(replace(RAW, pts_s=5.0, dts_s=5.0), None)
    time.anchor(START)
    stepped_back = time.stamp(replace(RAW, pts_s=9.0, dts_s=9.0), None)

    assert at_s(later) == 20.0
    assert 20.0 < at_s(stepped_back) <= 20.002
    assert stepped_back.epoch == 2


def test_a_feed_that_runs_too_fast_is_held() -> None:
    """A camera whose clock runs at double speed never gains more than 46 s."""
    stamps = [n * 0.2 for n in range(6000)]
    host = [n * 0.1 for n in range(6000)]
    time, packets = stamped(list(stamps), live=host)

    ahead = [at_s(p) - h for p, h in zip(packets, host, strict=True)]
    assert max(ahead) <= 46
    decode = [p.decode_at for p in packets]
    assert decode == sorted(decode)
    assert 1 <= time.epoch <= 10


def test_a_feed_that_runs_too_slowly_catches_up() -> None:
    """A camera whose clock stands still is set right within a minute and a half."""
    host = [n * 0.5 for n in range(400)]
    time, packets = stamped([0.0] * 400, live=host)

    assert host[-1] - at_s(packets[-1]) <= 61
    assert time.jumps >= 1


def test_drift_is_drawn_in() -> None:
    """A camera off by a hundred parts per million stays within a second in a day."""
    count = 86_400
    host = [float(n) for n in range(count)]
    _, packets = stamped([n * 1.0001 for n in range(count)], live=host)

    assert abs(at_s(packets[-1]) - host[-1]) < 1.0


def test_the_cameras_clock_is_told_as_an_offset() -> None:
    """A feed that carries UTC tells how far its clock is from media time."""
    time = MediaTime()
    time.anchor(START)
    packet = time.stamp(
        replace(RAW, pts_s=0.0, dts_s=0.0, utc=START + timedelta(seconds=3)), None
    )

    assert packet.utc_offset_ms == 3000.0


def test_without_an_anchor_there_is_no_time() -> None:
    """Stamping before a connection was made is a mistake of the caller."""
    with pytest.raises(ValueError, match="anchor"):
        MediaTime().stamp(RAW, None)


def test_a_host_clock_set_forward_is_followed_across_a_discontinuity() -> None:
    """What lies between was not watched, so motion across it means nothing."""
    time, _ = stamped([10.0, 10.1], live=[0.0, 0.1])

    time.step(3600.0)
    packet = time.stamp(replace(RAW, pts_s=10.2, dts_s=10.2), 0.2)

    assert round(at_s(packet), 6) == 3600.2
    assert (packet.epoch, time.jumps, time.lead_s) == (1, 1, 0.0)


def test_a_host_clock_set_back_leaves_media_time_ahead_and_running() -> None:
    """It neither runs back nor stands still; set right again, nothing was."""
    time, _ = stamped([10.0, 10.1], live=[0.0, 0.1])

    time.step(-3600.0)
    packet = time.stamp(replace(RAW, pts_s=10.2, dts_s=10.2), 0.2)
    assert (round(at_s(packet), 6), packet.epoch) == (0.2, 0)
    assert time.lead_s == 3600.0

    time.step(3600.0)
    packet = time.stamp(replace(RAW, pts_s=10.3, dts_s=10.3), 0.3)
    assert (round(at_s(packet), 6), packet.epoch, time.lead_s) == (0.3, 0, 0.0)


def test_a_clock_set_back_while_the_feed_was_away_is_known_as_a_lead() -> None:
    """The new connection's anchor lies before the last picture."""
    time, _ = stamped([10.0, 10.1], live=[0.0, 0.1])

    time.anchor(START - timedelta(seconds=60))
    time.stamp(replace(RAW, pts_s=10.2, dts_s=10.2), 5.0)

    assert time.lead_s == pytest.approx(60.1, abs=0.01)
