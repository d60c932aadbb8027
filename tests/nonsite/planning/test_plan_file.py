"""The plan kept in the data folder, and how a site stands to it."""

from pathlib import Path

import pytest

from base.errors import ConfigError
from nonsite.planning.plan_file import (
    NAME,
    PlanFile,
    read_plan,
    standing,
    write_plan,
)
from rules.settings import RuleCode, RuleSection
from sites.load import read_site
from sites.schema import Site
from tests.nonsite.planning.test_capacity import COST
from tests.nonsite.service_process import ROOT


@pytest.fixture
def site() -> Site:
    """The sample site with its one camera named as the measured one is."""
    sample = read_site(ROOT / "samples" / "site.yaml")
    return sample.model_copy(update={"cameras": {"dock": sample.cameras["campus"]}})


def planned(folder: Path, site: Site) -> PlanFile:
    write_plan(folder, site, [COST])
    plan = read_plan(folder)
    assert plan is not None
    return plan


def with_copies(site: Site, count: int) -> Site:
    cameras = {f"dock_{n}": site.cameras["dock"] for n in range(count)}
    return site.model_copy(update={"cameras": site.cameras | cameras})


def test_a_measured_camera_counts_as_measured(tmp_path: Path, site: Site) -> None:
    """What it takes is what the plan says."""
    found = standing(planned(tmp_path, site), site, cores=2)

    assert found.needed == pytest.approx(0.006)
    assert found.usable == pytest.approx(1.4)
    assert found.assumed == 0
    assert not found.is_beyond


def test_added_cameras_count_as_the_mean(tmp_path: Path, site: Site) -> None:
    """300 more of 0.006 cores each are more than one core may be planned for."""
    found = standing(planned(tmp_path, site), with_copies(site, 300), cores=1)

    assert found.assumed == 300
    assert found.is_beyond


def test_a_changed_rule_makes_a_camera_unmeasured(tmp_path: Path, site: Site) -> None:
    """A shorter dwell asks for more looks: the old figure no longer holds."""
    plan = planned(tmp_path, site)
    rules = {RuleCode("SW-01"): RuleSection(dwell_s=5)}

    assert standing(plan, site.model_copy(update={"rules": rules}), 2).assumed == 1


def test_the_plan_of_another_machine_says_nothing_of_this_one(
    tmp_path: Path, site: Site
) -> None:
    """It is passed over."""
    plan = planned(tmp_path, site).model_copy(update={"processor": "8 × other"})
    (tmp_path / NAME).write_text(plan.model_dump_json(), encoding="utf-8")

    assert read_plan(tmp_path) is None


def test_no_plan_is_no_fault(tmp_path: Path) -> None:
    """A site may run unplanned."""
    assert read_plan(tmp_path) is None


@pytest.mark.parametrize(
    "junk",
    [b"", b"{", b"\xff\xfe", b'{"version": 1, "processor": "x", "cameras": {}}'],
    ids=["empty", "torn", "not text", "no camera"],
)
def test_junk_in_place_of_a_plan_is_refused(tmp_path: Path, junk: bytes) -> None:
    """With the file's name and the remedy."""
    (tmp_path / NAME).write_bytes(junk)

    with pytest.raises(ConfigError, match=r"plan\.json: no plan; run `nonsite plan`"):
        read_plan(tmp_path)
