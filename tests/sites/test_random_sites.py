"""No site file, however wrong, does more than be refused with the place named."""

from tests.sites.random_sites import refused, sites


def test_random_site_files_are_accepted_or_refused_by_key() -> None:
    """A slice of the ten thousand of `make random-sites`; both happen."""
    told = [refused(raw) for raw in sites(150, seed=1)]

    assert any(told)
    assert not all(told)
