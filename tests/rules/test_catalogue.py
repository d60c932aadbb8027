"""The catalogue is strict, complete and merges overrides in one order."""

import re
from datetime import date

import pytest
import yaml

from rules.catalogue import ClauseUse, Proof, merge, parse_catalogue, shipped_catalogue
from rules.composition import compose
from rules.errors import RuleError
from rules.settings import Regime, RuleSection


def test_shipped_catalogue_has_the_pavement_row() -> None:
    """SW-01 stands in it with the figures of the bureau's practice."""
    row = shipped_catalogue().rules["SW-01"]

    assert (row.defaults.dwell_s, row.defaults.grace_s) == (60, 300)
    assert (row.defaults.min_overlap, row.severity, row.city_code) == (
        0.5,
        "S3",
        "0505",
    )
    assert row.name.zh == "人行道违停"
    assert row.proof in set(Proof)


def test_unverified_law_is_never_printed() -> None:
    """No legal text is printed until a named person has checked it at an address."""
    row = shipped_catalogue().rules["SW-01"]

    assert row.basis
    assert row.printable_basis(Regime.STREET) == ()


def test_verified_law_is_printed_for_its_regime_alone() -> None:
    """A checked text is printed where it applies, and nowhere else."""
    row = shipped_catalogue().rules["SW-01"]
    checked = row.basis[0].model_copy(
        update={
            "verified_by": "Li Hua",
            "verified_on": date(2026, 11, 1),
            "url": "https://flk.npc.gov.cn/x",
        }
    )
    row = row.model_copy(update={"basis": (checked,)})

    assert row.printable_basis(Regime.STREET) == (checked,)
    assert row.printable_basis(Regime.CHEMICAL) == ()


def test_overrides_merge_from_site_to_zone() -> None:
    """A zone overrules its camera, which overrules the site, key by key."""
    row = shipped_catalogue().rules["SW-01"]
    site = RuleSection(dwell_s=10, grace_s=20, gap_s=30)
    camera = RuleSection(dwell_s=11, grace_s=21)
    zone = RuleSection(dwell_s=12)

    merged = merge(row, (site, camera, zone))

    assert (merged.dwell_s, merged.grace_s, merged.gap_s) == (12, 21, 30)
    assert merged.min_overlap == 0.5


@pytest.mark.parametrize(
    ("sections", "enabled"),
    [
        pytest.param((RuleSection(enabled=False), None, None), False, id="site off"),
        pytest.param(
            (RuleSection(enabled=False), None, RuleSection(dwell_s=5)),
            False,
            id="a zone that sets another key does not switch on",
        ),
        pytest.param(
            (RuleSection(enabled=False), None, RuleSection(enabled=True)),
            True,
            id="a zone may switch on",
        ),
    ],
)
def test_only_what_is_written_overrides(
    sections: tuple[RuleSection | None, ...], *, enabled: bool
) -> None:
    """A key left out of a section changes nothing."""
    assert merge(shipped_catalogue().rules["SW-01"], sections).enabled is enabled


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(b"", "the catalogue", id="empty"),
        pytest.param(b"{", "no YAML", id="no YAML"),
        pytest.param(b"\xff\xfe\x00", "the catalogue", id="no text"),
        pytest.param(b"version: 2\nrules: {}", "version", id="another version"),
        pytest.param(b"version: 1\nrules: {SW-01: {}}", "SW-01", id="an empty row"),
        pytest.param(b"version: 1\nrules: {}\nmore: 1", "more", id="an unknown key"),
        pytest.param(b"version: 1\nrules: []", "rules", id="a list for a map"),
    ],
)
def test_junk_catalogue_is_a_named_error(raw: bytes, told: str) -> None:
    """A wrong catalogue is refused with the key that is wrong."""
    with pytest.raises(RuleError, match=told):
        parse_catalogue(raw)


def test_a_code_of_no_known_form_is_refused() -> None:
    """Codes are CS, WH or SW and two digits."""
    row = shipped_catalogue().rules["SW-01"].model_dump_json().encode()

    with pytest.raises(RuleError, match="ABC"):
        parse_catalogue(b'{"version": 1, "rules": {"ABC": ' + row + b"}}")


def test_the_catalogue_holds_every_code_and_every_row_composes() -> None:
    """Confined space, height and pavement, each from clauses there are."""
    rows = shipped_catalogue().rules
    wanted = [f"CS-{n:02d}" for n in range(1, 13)] + [
        f"WH-{n:02d}" for n in range(1, 11)
    ]
    wanted += [f"SW-{n:02d}" for n in range(1, 10)] + [
        "SW-02P",
        "CS-02U",
        "CS-12R",
        "WH-06W",
    ]

    assert sorted(rows) == sorted(wanted)
    assert all(compose(row, ()).clauses for row in rows.values())


def test_no_legal_text_is_marked_verified_without_a_person() -> None:
    """The shipped texts were not checked at their source by a named person."""
    texts = [text for row in shipped_catalogue().rules.values() for text in row.basis]

    assert texts
    assert not any(text.may_be_printed for text in texts)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("clause: not_a_clause", "clauses.0: no clause is named not_a_clause"),
        ("clause: ring_empty", "clauses.0: ring_empty cannot judge a standing_vehicle"),
        (
            "{clause: not_permitted, params: {activities: [flying]}}",
            "clauses.0.params.activities",
        ),
        ("{clause: still_for, params: {speed: 3}}", "clauses.0.params.speed"),
    ],
)
def test_a_wrong_clause_is_named(change: str, told: str) -> None:
    """A row of a bureau's own is refused with the clause that is wrong."""
    row = shipped_catalogue().rules["SW-01"]
    use = ClauseUse.model_validate(yaml.safe_load(change))

    with pytest.raises(RuleError, match=re.escape(told)):
        compose(row.model_copy(update={"clauses": (use,)}), ())


def test_a_clause_parameter_is_overridden_from_site_to_zone() -> None:
    """The zone's own parameter wins over the site's."""
    row = shipped_catalogue().rules["CS-06"]
    site = RuleSection(clauses={"head_bare": {"smallest_px": 50}})
    zone = RuleSection(clauses={"head_bare": {"smallest_px": 60}})

    (bound,) = compose(row, (site, None, zone)).clauses

    assert bound.params.model_dump() == {"smallest_px": 60}
