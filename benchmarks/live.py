"""What the running service costs: start, many feeds at once, memory, latency.

The real process tree on recordings played at their own speed; CPU and memory are the
worker's, read from /proc. `python -m benchmarks.live --feeds 20 --seconds 60`.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.footage import Recipe, made

ROOT = Path(__file__).resolve().parent.parent
NONSITE = ROOT / ".venv" / "bin" / "nonsite"
RESULTS = Path(__file__).resolve().parent / "results"
TICKS_S = os.sysconf("SC_CLK_TCK")
WAIT_S = 60.0

CAMERA = """\
  street_{number}:
    dossier:
      owner: bench
      access: {{document: bench, signed_on: 2020-01-01, expires_on: 2099-12-31}}
      purposes: [street_order]
    feed: {{kind: file, path: {path}, loop: true}}
    views:
      home:
        zones:
          kerb:
            purpose: pavement
            points: [[0.828, 0.122], [0.949, 0.108], [0.952, 0.170], [0.911, 0.188],
                     [0.828, 0.188]]
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of the service showed.

    Attributes:
        feeds: How many cameras.
        first_look_s: From the start of the command to the first look.
        cores: CPU seconds of the worker per second of wall time.
        rss_mb: Memory of the worker, megabytes.
        ring_mb: Bytes of encoded packets held by all feeds, megabytes.
        looks: Looks counted during the measurement.
        looks_missed: Of those due, not done.
        longest_gap_s: Longest time any camera was not looked at.
        look_gap_s: What the rules ask for.
        alerts: Alerts at the end.
        stop_s: From Ctrl-C to the end of the last process.
    """

    feeds: int
    first_look_s: float
    cores: float
    rss_mb: float
    ring_mb: float
    looks: int
    looks_missed: int
    longest_gap_s: float
    look_gap_s: float
    alerts: int
    stop_s: float


def _site(feeds: int, path: Path, dwell_s: float) -> str:
    rules = f"rules: {{SW-01: {{dwell_s: {dwell_s}, grace_s: 0}}}}"
    head = f"version: 1\nname: bench\n{rules}\n"
    cameras = (CAMERA.format(number=n, path=path) for n in range(feeds))
    return head + "cameras:\n" + "".join(cameras)


@contextmanager
def _service(site: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with tempfile.TemporaryDirectory(prefix="nonsite-bench-") as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(site, encoding="utf-8")
        log = (Path(folder) / "log").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [NONSITE, "run", file, "--port", "0", "--data", f"{folder}/data"],
            stderr=log,
            text=True,
        )
        try:
            yield process, _address(Path(log.name), process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(20)
            log.close()


def _address(log: Path, process: subprocess.Popen[str]) -> str:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://[\d.]+:\d+", log.read_text(encoding="utf-8"))
        if found:
            return found.group()
        time.sleep(0.05)
    raise SystemExit(log.read_text(encoding="utf-8"))


def _get(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}/api/v1{path}", timeout=10) as answer:
        return json.load(answer)


def _worker(parent: int) -> int:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = (line.split(None, 1) for line in listed.splitlines())
    return next(int(pid) for pid, args in rows if "worker_process" in args)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / TICKS_S


def _rss_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def measure(feeds: int, seconds: float, dwell_s: float = 60.0) -> Figures:
    """Run the service over `feeds` copies of the street for `seconds` of wall time."""
    began = time.monotonic()
    with _service(_site(feeds, made(Recipe()), dwell_s)) as (process, address):
        while not any(c["last_look_at"] for c in _get(address, "/cameras")["cameras"]):
            time.sleep(0.05)
        first_look_s = time.monotonic() - began
        worker = _worker(process.pid)
        time.sleep(15 + 0.1 * feeds)  # all feeds started and settled
        cpu_s, wall = _cpu_s(worker), time.monotonic()
        before = _get(address, "/cameras")["cameras"]
        longest = 0.0
        while time.monotonic() - wall < seconds:
            cameras = _get(address, "/cameras")["cameras"]
            longest = max(longest, *(c["seconds_since_last_look"] for c in cameras))
            time.sleep(0.25)
        alerts = len(_get(address, "/alerts")["alerts"])
        cores = (_cpu_s(worker) - cpu_s) / (time.monotonic() - wall)
        rss_mb = _rss_mb(worker)
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(20)
        return Figures(
            feeds=feeds,
            first_look_s=round(first_look_s, 2),
            cores=round(cores, 3),
            rss_mb=round(rss_mb, 1),
            ring_mb=round(sum(c.get("ring_bytes", 0) for c in cameras) / 1e6, 1),
            looks=sum(c["looks"] for c in cameras) - sum(c["looks"] for c in before),
            looks_missed=sum(c["looks_missed"] for c in cameras)
            - sum(c["looks_missed"] for c in before),
            longest_gap_s=round(longest, 2),
            look_gap_s=min(10.0, dwell_s / 10),
            alerts=alerts,
            stop_s=round(time.monotonic() - interrupted, 2),
        )


def planned_cores() -> float:
    """What `nonsite plan` says one such feed takes of a core."""
    with tempfile.TemporaryDirectory(prefix="nonsite-bench-") as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(_site(1, made(Recipe()), 60.0), encoding="utf-8")
        command = [str(NONSITE), "plan", str(file), "--data", f"{folder}/data"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        plan = json.loads((Path(folder) / "data" / "plan.json").read_text("utf-8"))
    cores: float = plan["cameras"]["street_0"]["cores"]
    return cores


def main() -> None:
    """Measure one feed and many, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    runs = [measure(feeds, arguments.seconds) for feeds in (1, arguments.feeds)]
    table = Table("figure", *(f"{run.feeds} feeds" for run in runs))
    for name in asdict(runs[0]):
        table.add_row(name, *(str(getattr(run, name)) for run in runs))
    Console().print(table)
    one, many = runs
    per_feed = (many.rss_mb - one.rss_mb) / (many.feeds - one.feeds)
    sys.stdout.write(f"memory per further feed: {per_feed:.1f} MB\n")
    cores_each = (many.cores - one.cores) / (many.feeds - one.feeds)
    planned = planned_cores()
    sys.stdout.write(
        f"cores per further feed: {cores_each:.4f}, planned {planned:.4f} "
        f"({planned / cores_each:.2f} of it)\n"
    )
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "live.json"
    kept = {
        "runs": [asdict(run) for run in runs],
        "cores_each": round(cores_each, 4),
        "planned_cores_each": round(planned, 4),
    }
    target.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
