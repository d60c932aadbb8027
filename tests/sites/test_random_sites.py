"""No site file, however wrong, does more than be refused with the place named."""

from collections import Counter

import pytest

from tests.sites.random_sites import refused, sites

COUNT = 10_000


@pytest.mark.timeout(300)
def test_ten_thousand_random_site_files_are_accepted_or_refused_by_key() -> None:
    """Valid ones are taken and their rules built; spoilt ones mostly refused."""
    told = Counter((drawn.is_valid, refused(drawn)) for drawn in sites(COUNT, seed=1))

    assert told.total() == COUNT
    assert told[True, False] >= 0.3 * COUNT
    assert told[True, True] == 0
    assert told[False, True] >= 0.5 * COUNT
    assert told[False, False] > 0
