"""`nonsite run` beyond what `nonsite plan` found room for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.errors import ConfigError
from nonsite.capacity_gate import Beyond, check_capacity
from nonsite.cli import app
from nonsite.parts import Parts, opened
from nonsite.planning.plan_file import NAME, PlanFile, PlannedCamera, processor
from sites.load import read_site
from tests.nonsite.service_process import ROOT

SITE = ROOT / "samples" / "site.yaml"


def keep_plan(folder: Path, cores: float) -> None:
    """A plan of this machine whose one camera takes so many cores."""
    camera = PlannedCamera(section="", cores=cores)
    plan = PlanFile(processor=processor(), cameras={"other": camera})
    (folder / NAME).write_text(plan.model_dump_json(), encoding="utf-8")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with opened(tmp_path, "run") as made:
        yield made


def test_a_site_beyond_the_plan_is_not_started_where_that_is_refused(
    tmp_path: Path,
) -> None:
    """The command ends before a feed is opened, with what it takes and the remedy."""
    keep_plan(tmp_path, cores=5000)
    options = ["--data", str(tmp_path), "--port", "0", "--beyond-plan", "refuse"]

    result = CliRunner().invoke(app, ["run", str(SITE), *options])

    assert isinstance(result.exception, ConfigError)
    assert "beyond the plan: 1 cameras take 5000.00 of" in str(result.exception)
    assert "measure anew: nonsite plan" in str(result.exception)


def test_a_site_beyond_the_plan_is_warned_of(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    """It starts all the same, and is told what will happen."""
    keep_plan(parts.data.root, cores=5000)

    check_capacity(parts, read_site(SITE), Beyond.WARN)

    told = " ".join(capsys.readouterr().err.split())
    assert "1 of them not measured" in told
    assert "looks will be missed, cameras of low priority first" in told


def test_a_site_within_the_plan_is_told_in_one_line(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    """Room is good news, kept short; it is not refused."""
    keep_plan(parts.data.root, cores=0.01)

    check_capacity(parts, read_site(SITE), Beyond.REFUSE)

    told = " ".join(capsys.readouterr().err.split())
    assert "✓ capacity 1 cameras take 0.01 of" in told


def test_without_a_plan_nothing_is_said(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is known, so nothing is claimed."""
    check_capacity(parts, read_site(SITE), Beyond.REFUSE)

    assert capsys.readouterr().err == ""
