"""What a run leaves behind: tables, JUnit, HTML, and what differs from a baseline."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid5
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from typer.testing import CliRunner

from base.errors import ConfigError
from detector.look import Look
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR
from nonsite.cli import app
from nonsite.replay.against import hold_against, markdown, read_run, write_costs
from nonsite.replay.junit import write_junit
from nonsite.replay.result import (
    CaseResult,
    Cost,
    Met,
    Missed,
    Played,
    Verdict,
    Wrong,
    to_content,
)
from nonsite.replay.tables import summary
from nonsite.replay.tally import Share, by_code, by_condition
from rules.engine import RuleEngine
from rules.violation import RAISED, Violation
from tests.nonsite.replay.test_compare import alert
from tests.nonsite.service_process import ROOT, run_command

FOUND = Verdict(met=(Met(0, "SW-01-10", 0.0, None),))
LOST = Verdict(missed=(Missed(0, "SW-01", "SW-01 home/kerb at 10 s", "too small"),))
FALSE = replace(FOUND, false=(Wrong("SW-01-40", "SW-01", "SW-01 home/kerb at 40 s"),))
TWICE = replace(FOUND, duplicated=(Wrong("SW-01-11", "SW-01", "a second one"),))


def played(name: str, verdict: Verdict, cpu_s: float = 2.0, **about: str) -> Played:
    """One case with this verdict."""
    result = CaseResult(
        name=name,
        title=f"case {name}",
        conditions=("day",),
        tags=(),
        clip_sha256="0" * 64,
        model="m@1",
        config="c",
        looks=10,
        media_s=20.0,
        alerts=(alert(10), alert(40), alert(11)),
        verdict=verdict,
        fault=about.get("fault"),
    )
    return Played(result, Cost(cpu_s, 30, from_cache=False))


def test_small_counts_have_wide_intervals() -> None:
    """Five of five is no proof; the figures are those of Wilson's formula."""
    low, high = Share(5, 5).interval
    assert (round(low, 3), high) == (0.566, 1.0)

    low, high = Share(90, 100).interval
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, (0.0, 1.0))


def test_counts_are_told_by_rule_and_by_condition() -> None:
    """A good average does not hide a bad night."""
    day, night = played("a", FOUND), played("b", LOST)
    night = replace(night, result=replace(night.result, conditions=("night",)))
    results = [day.result, night.result]

    assert (by_code(results)["SW-01"].met, by_code(results)["SW-01"].missed) == (1, 1)
    shares = {name: t.recall.value for name, t in by_condition(results).items()}
    assert shares == {"day": 1.0, "night": 0.0}


def test_table_names_what_is_wrong() -> None:
    """The reason stands beside the case, not in another file."""
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(summary([played("good", FOUND), played("bad", LOST)], took_s=1.0))
    text = console.export_text()

    assert "too small" in text
    assert "1 of 2 cases passed" in text


def test_junit_has_a_test_a_case(tmp_path: Path) -> None:
    """Build servers draw failures and faults apart."""
    cases = [
        played("good", FOUND),
        played("bad & <odd>", LOST),
        played("broken", Verdict(), fault="corrupt: cut short"),
    ]

    write_junit(cases, tmp_path / "junit.xml")

    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert [suite.get(k) for k in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert "too small" in (suite[1][0].text or "")
    assert suite[2][0].get("message") == "corrupt: cut short"


@pytest.mark.parametrize(
    ("before", "after", "kinds", "is_worse"),
    [
        pytest.param(FOUND, FOUND, [], False, id="same"),
        pytest.param(FOUND, LOST, ["newly missed"], True, id="missed"),
        pytest.param(LOST, FOUND, ["found again"], False, id="found again"),
        pytest.param(FOUND, FALSE, ["newly false"], True, id="false"),
        pytest.param(FALSE, FOUND, ["no longer false"], False, id="no longer false"),
        pytest.param(FOUND, TWICE, ["newly twice"], True, id="twice"),
        pytest.param(
            FOUND,
            Verdict(met=(Met(0, "SW-01-10", 1.5, None),)),
            ["shifted"],
            False,
            id="shifted",
        ),
    ],
)
def test_two_runs_differ_in_what_differs(
    before: Verdict, after: Verdict, kinds: list[str], is_worse: bool
) -> None:
    """Each kind of difference has its name, and some make a run worse."""
    comparison = hold_against([played("a", before)], [played("a", after)])

    assert [difference.kind for difference in comparison.differences] == kinds
    assert comparison.is_worse == is_worse
    assert ("worse than" in markdown(comparison).splitlines()[0]) or not is_worse


def test_cases_that_came_and_went_are_told() -> None:
    """A suite that shrank is no suite that passed."""
    comparison = hold_against([played("old", FOUND)], [played("new", FOUND)])

    assert {(d.case, d.kind) for d in comparison.differences} == {
        ("new", "added"),
        ("old", "gone"),
    }


def test_cost_is_compared_where_both_were_played() -> None:
    """A case whose looks were remembered says nothing of what looking costs."""
    remembered = played("b", FOUND, cpu_s=0.1)
    remembered = replace(remembered, cost=Cost(0.1, 0, from_cache=True))
    comparison = hold_against(
        [played("a", FOUND, 2.0), played("b", FOUND, 2.0)],
        [played("a", FOUND, 3.0), remembered],
    )

    assert comparison.dearer == (("a", 1.5),)
    assert "1.50 ×" in markdown(comparison)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Result and cost come back whole."""
    run = [played("a", FALSE), played("b", LOST)]
    path = tmp_path / "run.json"
    content = to_content(each.result for each in run)
    path.write_text(json.dumps(content), encoding="utf-8")
    write_costs(run, path)

    assert list(read_run(path)) == run


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("{", "is no JSON", id="cut short"),
        pytest.param("[]", "is no result", id="list"),
        pytest.param('{"version": 1, "cases": []}', "is no result", id="old version"),
        pytest.param('{"version": 2, "cases": [{}]}', "0.name", id="no fields"),
    ],
)
def test_a_baseline_that_is_none_is_refused(
    tmp_path: Path, content: str, told: str
) -> None:
    """The file and what is wrong with it are named."""
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=told):
        read_run(path)


Play = Callable[..., tuple[int, str]]
Changes = tuple[tuple[str, str], ...]


@pytest.fixture
def play(sample: Path, tmp_path: Path) -> Play:
    """Runs the command over a case made from the sample's first twelve seconds."""
    cache = tmp_path / "cache"

    def run(*options: str, changes: Changes = ()) -> tuple[int, str]:
        suite = tmp_path / "suite"
        suite.mkdir(exist_ok=True)
        clip = suite / "campus.mp4"
        if not clip.exists():
            clip.symlink_to(sample)
        text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
        for old, new in (("clip:", "window: {to_s: 14}\nclip:"), *changes):
            assert old in text
            text = text.replace(old, new, 1)
        (suite / "campus.yaml").write_text(text, encoding="utf-8")
        arguments = ["replay", str(suite), "--cache", str(cache), "--workers", "1"]
        done = CliRunner().invoke(app, [*arguments, *options])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def other_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network `own` that is the embedded one without a word for vehicles."""
    models = tmp_path / "models"
    models.mkdir()
    manifest = (SHIPPED_DIR / f"{DEFAULT_DETECTOR}.yaml").read_text(encoding="utf-8")
    manifest = manifest.replace(f"name: {DEFAULT_DETECTOR}", "name: own")
    for label in ("car", "bus", "truck"):
        manifest = manifest.replace(f"- {label}\n", f"- not_{label}\n")
    (models / "own.yaml").write_text(manifest, encoding="utf-8")
    weights = f"{DEFAULT_DETECTOR}.onnx"
    (models / weights).symlink_to(SHIPPED_DIR / weights)
    monkeypatch.setenv("NONSITE_MODELS_DIR", str(models))


@dataclass
class Explained:
    """Runs the suite before and after a regression was planted."""

    play: Play
    folder: Path

    def kinds(
        self, why: str, changes: Changes, plant: Callable[[], None] = lambda: None
    ) -> list[str]:
        """What the comparison calls it; command, JUnit and report must say `why`."""
        base, new = self.folder / "base.json", self.folder / "new.json"
        junit, html = self.folder / "j.xml", self.folder / "r.html"
        narrow = ("tolerance_s: 3", "tolerance_s: 1")
        assert self.play("--json", str(base), changes=(narrow,))[0] == 0
        outputs = ["--junit", str(junit), "--html", str(html), "--against", str(base)]
        options = ("--json", str(new), *outputs)

        plant()
        code, told = self.play(*options, changes=(narrow, *changes))

        assert code == 1
        assert why in junit.read_text(encoding="utf-8")
        assert why in html.read_text(encoding="utf-8")
        assert "worse than the baseline" in re.sub(r"\s+", " ", told)
        comparison = hold_against(read_run(base), read_run(new))
        return [difference.kind for difference in comparison.differences]


@pytest.fixture
def explained(play: Play, tmp_path: Path) -> Explained:
    """What a planted regression looks like."""
    return Explained(play, tmp_path)


def test_a_moved_threshold_is_caught_and_explained(explained: Explained) -> None:
    """Opened two seconds late: missed where it was expected, false where it came."""
    moved = ("dwell_s: 10", "dwell_s: 12")

    kinds = explained.kinds("raised, but it opened at 12 s", (moved,))

    assert kinds == ["newly missed", "newly false"]


@pytest.mark.usefixtures("other_networks")
def test_a_dropped_class_is_caught_and_explained(explained: Explained) -> None:
    """A network that knows no vehicle sees nothing at the kerb."""
    dropped = ("regime: street", "regime: street\n  detector: {model: own}")

    assert explained.kinds("nothing was seen there", (dropped,)) == ["newly missed"]


def test_broken_deduplication_is_caught_and_explained(
    explained: Explained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One van that is told under two ids is an alert too many."""
    genuine = RuleEngine.judge

    def doubled(engine: RuleEngine, look: Look) -> tuple[Violation, ...]:
        found = genuine(engine, look)
        again = (replace(v, id=uuid5(v.id, "again")) for v in found if v.life in RAISED)
        return (*found, *again)

    def plant() -> None:
        monkeypatch.setattr(RuleEngine, "judge", doubled)

    assert explained.kinds("SW-01 home/kerb", (), plant) == ["newly twice"]


def test_two_runs_of_the_command_write_the_same_bytes(
    play: Play, tmp_path: Path
) -> None:
    """Also when the second one remembers the looks of the first."""
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert play("--json", str(one))[0] == 0
    assert play("--json", str(two))[0] == 0

    assert one.read_bytes() == two.read_bytes()


def test_policies_decide_what_fails(play: Play) -> None:
    """A miss fails strict and recall; a report never fails."""
    missed = ("start_s: 10 ", "start_s: 5 ")
    codes = [
        play("--policy", policy, changes=(missed,))[0]
        for policy in ("strict", "recall", "report")
    ]

    assert codes == [1, 1, 0]


def test_nothing_left_to_play_is_an_error(play: Play) -> None:
    """A filter that matches nothing is a slip, not a success."""
    with pytest.raises(ConfigError, match="no case is left"):
        play("--condition", "night")


def test_a_junk_suite_is_refused_by_the_command_with_every_place(
    tmp_path: Path,
) -> None:
    """Exit 2, one line for each problem of each case, no traceback, nothing played."""
    wrong = (
        ("clip: campus.mp4", "clip: gone.mp4"),
        ("code: SW-01", "code: SW-77"),
        ("start_s: 10 ", "start_s: 1000 "),
    )
    text = (ROOT / "samples/videos/campus.yaml").read_text(encoding="utf-8")
    (tmp_path / "campus.mp4").symlink_to(ROOT / "samples/videos/campus.mp4")
    for number, (old, new) in enumerate(wrong):
        spoilt = text.replace(old, new)
        assert spoilt != text
        (tmp_path / f"case_{number}.yaml").write_text(spoilt, encoding="utf-8")

    done = run_command("replay", str(tmp_path))

    assert (done.returncode, done.stdout) == (2, "")
    for place in (
        "case_0.yaml: clip: not_found",
        "case_1.yaml: expect.0.code: the catalogue has no such code",
        "case_2.yaml: expect.0.start_s: lies past the end",
    ):
        assert place in done.stderr
    assert "Traceback" not in done.stderr


def test_every_wrong_thing_is_in_the_report(play: Play, tmp_path: Path) -> None:
    """Eleven expectations that are not met are eleven moments, none left out."""
    late = "".join(
        f"\n  - {{code: SW-01, place: home/kerb, start_s: 13.8, tolerance_s: 0.5, "
        f"box: [{n / 20}, 0.8, {(n + 1) / 20}, 0.9]}}"
        for n in range(11)
    )
    html = tmp_path / "r.html"

    code, _ = play("--html", str(html), changes=(("expect:", f"expect:{late}"),))

    assert code == 1
    assert html.read_text(encoding="utf-8").count('"kind": "missed"') == 11
