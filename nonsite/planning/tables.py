"""The plan as people read it: a row for each camera, then what it comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich import box
from rich.table import Table

from nonsite.planning.capacity import (
    USABLE_CORES,
    CameraCost,
    Demand,
    Holding,
    Limit,
    Machine,
    Rate,
    hold,
    mean_cores,
    mean_with_gpu,
    rate_of,
)


def cost_table(costs: Sequence[CameraCost]) -> Table:
    """What each camera takes."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("camera")
    for name in ("crops", "smallest person", "decode", "look", "of it network", "gap"):
        table.add_column(name, justify="right")
    for name in ("cores at rest", "cores at work"):
        table.add_column(name, justify="right")
    for cost in costs:
        decode = (
            f"{cost.key_s * 1000:.0f} ms"
            if cost.resting.by_keys
            else f"{cost.full_s * 1000:.0f} ms/s"
        )
        table.add_row(
            str(cost.camera),
            str(cost.crops),
            f"{cost.smallest_person_px:.0f} px",
            decode,
            f"{cost.look_s * 1000:.0f} ms",
            f"{cost.network_s * 1000:.0f} ms",
            _gap_words(cost.resting),
            f"{cost.cores(cost.resting):.3f}",
            f"{cost.cores(cost.busy):.3f}",
        )
    return table


def _gap_words(rate: Rate) -> str:
    how = "key frames" if rate.by_keys else "all frames"
    return f"{rate.gap_s:g} s, {how}"


def answer(
    machine: Machine, demand: Demand, costs: Sequence[CameraCost], cameras: int
) -> Iterator[str]:
    """What the machine holds, what limits it and what would give more.

    Args:
        machine: What there is.
        demand: Clips and alerts.
        costs: The cameras measured; not empty.
        cameras: How many the site has.
    """
    rest, busy = mean_cores(costs, is_busy=False), mean_cores(costs, is_busy=True)
    holding = hold(machine, demand, costs, rest)
    beyond = "" if cameras <= holding.cameras else "[red]beyond it[/]: "
    yield (
        f"{beyond}this site takes {rest * cameras:.3f} of {machine.cores} cores at "
        f"rest, {busy * cameras:.3f} with people at work before all its cameras"
    )
    if len(costs) < cameras:
        yield (
            f"[yellow]![/] {len(costs)} of {cameras} cameras were measured; "
            "the others are taken as their mean"
        )
    yield (
        f"this machine holds [bold]{holding.cameras}[/] cameras of this kind at "
        f"{USABLE_CORES:.0%} use; limited by {holding.limit} ({_others(holding)})"
    )
    at_work = hold(machine, demand, costs, busy)
    if at_work.cameras < holding.cameras:
        yield f"with people at work before all of them at once: {at_work.cameras}"
    yield (
        f"disk: {machine.disk_mb_s:.0f} MB/s written and synced, "
        f"{machine.syncs_s:.0f} synced appends/s"
    )
    yield from _what_would_give(machine, demand, costs, holding)


def _others(holding: Holding) -> str:
    return ", ".join(
        f"{limit} alone: {count}" for limit, count in sorted(holding.by_limit.items())
    )


def _what_would_give(
    machine: Machine, demand: Demand, costs: Sequence[CameraCost], now: Holding
) -> Iterator[str]:
    """A further core, a GPU, longer gaps: each with all else unchanged."""
    more = hold(
        replace(machine, cores=machine.cores + 1), demand, costs, now.cores_each
    )
    yield _gives("a further core", now, more)
    gpu = hold(machine, demand, costs, mean_with_gpu(costs))
    yield _gives("a GPU for the network, at most", now, gpu)
    keyed = [
        replace(cost, resting=rate_of(cost.resting.gap_s, cost.resting.gap_s))
        for cost in costs
    ]
    full = sum(not cost.resting.by_keys for cost in costs)
    if full:
        yield _gives(
            f"key frames as often as looks, set in {full} camera{'s'[: full > 1]}",
            now,
            hold(machine, demand, costs, mean_cores(keyed, is_busy=False)),
        )
    slow = [
        replace(cost, resting=rate_of(2 * cost.resting.gap_s, cost.key_interval_s))
        for cost in costs
    ]
    slower = hold(machine, demand, costs, mean_cores(slow, is_busy=False))
    yield _gives("half as many looks (twice the dwell)", now, slower)


def _gives(what: str, now: Holding, then: Holding) -> str:
    more = then.cameras - now.cameras
    if more <= 0 and then.limit is not Limit.CORES:
        return f"  {what}: nothing, {then.limit} is the limit"
    return f"  {what}: {more:+d} cameras"
