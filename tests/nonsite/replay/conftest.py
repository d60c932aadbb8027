"""What tests of cases made from alerts start from."""

from pathlib import Path

import pytest

from nonsite.lines import Networks
from tests.nonsite.replay.filled_house import fill
from tests.nonsite.service_process import ROOT


@pytest.fixture(scope="package")
def networks() -> Networks:
    """Opened once."""
    return Networks()


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory, networks: Networks) -> Path:
    """A data folder in which the van of the sample is an alert with its evidence."""
    data = tmp_path_factory.mktemp("filled") / "data"
    fill(data, ROOT / "samples" / "site.yaml", networks)
    return data
