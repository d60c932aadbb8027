"""On which basis a camera may be used: what a dossier permits and what it lacks."""

from datetime import date
from pathlib import Path

import pytest

from base.errors import ConfigError
from sites.dossier_section import (
    AccessPurpose,
    BasisProblem,
    EvidenceGap,
    basis_problem,
)
from sites.load import parse_site
from tests.sites.dossiers import DOSSIER_YAML, dossier

SITE = "version: 1\nname: One\ncameras:\n  dock:\n    feed: {kind: file, path: a.mp4}\n"
DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        pytest.param(date(2019, 12, 31), BasisProblem.NOT_YET, id="day before"),
        pytest.param(date(2020, 1, 1), None, id="first day"),
        pytest.param(date(2099, 12, 31), None, id="last day"),
        pytest.param(date(2100, 1, 1), BasisProblem.EXPIRED, id="day after"),
    ],
)
def test_access_holds_from_its_first_to_its_last_day(
    day: date, problem: BasisProblem | None
) -> None:
    """Both days are inside."""
    assert basis_problem(dossier(), day) is problem


def test_no_dossier_is_no_basis() -> None:
    """A camera nobody wrote a dossier for is not pulled."""
    assert basis_problem(None, DAY) is BasisProblem.NO_DOSSIER


def test_codes_follow_purposes_and_the_list() -> None:
    """A code needs its purpose, and its name where codes are listed."""
    street = dossier().model_copy(update={"purposes": (AccessPurpose.STREET_ORDER,)})
    listed = dossier().model_copy(update={"codes": ("SW-01",)})

    assert street.permits("SW-01")
    assert not street.permits("CS-01")
    assert listed.permits("SW-01")
    assert not listed.permits("SW-02")
    assert not dossier().permits("XX-01")


def test_a_code_of_ones_own_is_judged_where_the_dossier_names_it() -> None:
    """Its letters say no purpose: named it is permitted, and known to the loader."""
    named = dossier().model_copy(update={"codes": ("ZX-01",)})
    assert named.permits("ZX-01")
    assert not named.permits("ZX-02")

    own = (Path(__file__).parents[2] / "samples" / "own_code.yaml").read_text()
    feed = "    feed: {kind: file"
    line = DOSSIER_YAML.replace("purposes:", "codes: [ZX-01], purposes:")
    site = parse_site(own.replace(feed, f"    dossier: {line}\n{feed}").encode())
    section = site.cameras["campus"].dossier
    assert section is not None
    assert section.permits("ZX-01")


def test_what_is_lacking_for_evidence_is_named() -> None:
    """Reviews, sign and publication, each on its day."""
    assert dossier().evidence_gaps(DAY) == ()
    assert dossier().evidence_gaps(date(2020, 1, 2)) == (EvidenceGap.PUBLISHED,)
    bare = dossier().model_copy(
        update={
            "legal_review": None,
            "technical_review": None,
            "sign_photo": None,
            "published": None,
        }
    )
    assert bare.evidence_gaps(DAY) == tuple(EvidenceGap)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        pytest.param(
            "expires_on: 2099-12-31",
            "expires_on: 2019-01-01",
            "cameras.dock.dossier.access: expires_on is before signed_on",
            id="ends before it begins",
        ),
        pytest.param(
            "purposes: [work_safety, street_order]",
            "purposes: []",
            "cameras.dock.dossier.purposes",
            id="for nothing",
        ),
        pytest.param(
            "purposes: [work_safety, street_order]",
            "purposes: [marketing]",
            "cameras.dock.dossier.purposes",
            id="for something else",
        ),
        pytest.param(
            "owner: 测试局", "owner: ''", "cameras.dock.dossier.owner", id="no owner"
        ),
        pytest.param(
            "owner: 测试局",
            "owner: 测试局, gb_code: '123'",
            "cameras.dock.dossier.gb_code",
            id="a short id",
        ),
        pytest.param(
            "owner: 测试局",
            "owner: 测试局, codes: [SW-99]",
            "cameras.dock.dossier.codes: the catalogue has no SW-99",
            id="an unknown code",
        ),
    ],
)
def test_a_wrong_dossier_is_refused_by_its_key(
    was: str, becomes: str, told: str
) -> None:
    """The start stops and names the key."""
    text = f"{SITE}    dossier: {DOSSIER_YAML.replace(was, becomes)}\n"

    with pytest.raises(ConfigError) as refused:
        parse_site(text.encode())

    assert any(told in problem for problem in refused.value.problems)
