"""How many cameras fit: arithmetic of measured costs."""

from dataclasses import replace

import pytest
from rich.console import Console

from base.ids import CameraId
from nonsite.planning.capacity import (
    CameraCost,
    Demand,
    Limit,
    Machine,
    Rate,
    hold,
    mean_cores,
    mean_with_gpu,
    rate_of,
)
from nonsite.planning.tables import answer, cost_table

COST = CameraCost(
    camera=CameraId("dock"),
    crops=1,
    smallest_person_px=20,
    key_interval_s=2.0,
    resting=rate_of(6.0, 2.0),
    busy=rate_of(0.5, 2.0),
    reading_s=0.001,
    key_s=0.020,
    full_s=0.100,
    look_s=0.010,
    network_s=0.008,
    bytes_per_s=500_000,
    ring_bytes=10_000_000,
)
MACHINE = Machine(cores=4, memory_mb=16_000, disk_mb_s=400, syncs_s=500)
DEMAND = Demand(clip_s=30, alerts_per_hour=6)


@pytest.mark.parametrize(
    ("gap_s", "interval_s", "rate"),
    [
        pytest.param(6, 2, Rate(6, 6, by_keys=True), id="every third key"),
        pytest.param(5, 2, Rate(5, 4, by_keys=True), id="keys fall beside the gap"),
        pytest.param(2, 2, Rate(2, 2, by_keys=True), id="every key"),
        pytest.param(1, 2, Rate(1, 1, by_keys=False), id="keys too rare"),
        pytest.param(10, None, Rate(10, 10, by_keys=False), id="one key seen"),
    ],
)
def test_a_gap_is_served_by_key_frames_where_they_come_often_enough(
    gap_s: float, interval_s: float | None, rate: Rate
) -> None:
    """Looks fall on key frames, so the gap kept is a whole number of intervals."""
    assert rate_of(gap_s, interval_s) == rate


def test_a_camera_costs_its_packets_its_pictures_and_its_looks() -> None:
    """By key frames a look is one picture; in full every second is decoded."""
    assert COST.cores(COST.resting) == pytest.approx(0.001 + 0.030 / 6)
    assert COST.cores(COST.busy) == pytest.approx(0.001 + 0.100 + 0.010 / 0.5)


@pytest.mark.parametrize(
    ("machine", "limit", "cameras"),
    [
        pytest.param(replace(MACHINE, memory_mb=1e9), Limit.CORES, 466, id="cores"),
        pytest.param(MACHINE, Limit.MEMORY, 338, id="memory"),
        pytest.param(replace(MACHINE, disk_mb_s=1), Limit.DISK, 9, id="disk"),
        pytest.param(replace(MACHINE, memory_mb=100), Limit.MEMORY, 0, id="too small"),
    ],
)
def test_what_runs_out_first_is_the_limit(
    machine: Machine, limit: Limit, cameras: int
) -> None:
    """Cores, memory and disk each hold so many; the least counts."""
    held = hold(machine, DEMAND, [COST], mean_cores([COST], is_busy=False))

    assert (held.limit, held.cameras) == (limit, cameras)


def test_a_gpu_takes_away_the_network_alone() -> None:
    """Decoding and the rest of a look stay."""
    assert mean_with_gpu([COST]) == pytest.approx(0.001 + 0.022 / 6)


def told(machine: Machine, cost: CameraCost, cameras: int = 1) -> str:
    """Table and answer as printed."""
    console = Console(width=140, record=True)
    console.print(cost_table([cost]))
    for line in answer(machine, DEMAND, [cost], cameras):
        console.print(line)
    return console.export_text()


def test_the_answer_says_what_more_would_give() -> None:
    """A core gives cameras while cores are the limit, and nothing while memory is."""
    wide = told(replace(MACHINE, memory_mb=1e9), COST)
    narrow = told(MACHINE, COST)

    assert "holds 466 cameras of this kind at 70% use; limited by processors" in wide
    assert "a further core: +117 cameras" in wide
    assert "a further core: nothing, memory is the limit" in narrow


def test_a_camera_decoded_in_full_is_told_what_its_setting_would_give() -> None:
    """Key frames as often as looks make full decoding needless."""
    rare = replace(COST, resting=rate_of(1.0, 2.0))

    assert "set in 1 camera: +" in told(replace(MACHINE, memory_mb=1e9), rare)
    assert "set in" not in told(MACHINE, COST)


def test_a_site_beyond_the_machine_is_told_so() -> None:
    """And how many of its cameras were measured."""
    text = told(MACHINE, COST, cameras=900)

    assert "beyond it: this site takes 5.400 of 4 cores" in text
    assert "1 of 900 cameras were measured" in text
