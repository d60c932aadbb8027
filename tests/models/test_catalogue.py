"""The shipped networks are whole, and a folder of one's own goes before them."""

from pathlib import Path

import pytest

from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR, find, manifests
from models.errors import ModelError
from models.manifest import Task, verified_file


@pytest.mark.parametrize("name", sorted(manifests()))
def test_shipped_network_is_whole(name: str) -> None:
    """Each manifest has its weights, their digest, a card and a free licence."""
    manifest, path = find(name)

    verified_file(path)
    assert manifest.name == name
    assert manifest.licence == "Apache-2.0"
    assert (SHIPPED_DIR / "cards" / f"{name}.md").is_file()


def test_default_detector_detects_with_measured_thresholds() -> None:
    """The embedded network is a detector and its manifest carries thresholds."""
    manifest, _ = find(DEFAULT_DETECTOR)

    assert manifest.task is Task.DETECT
    assert manifest.thresholds is not None
    assert {"person", "car", "bus", "truck"} <= set(manifest.classes)


def test_unknown_name_lists_the_known() -> None:
    """A misspelt model is an error that says which there are."""
    with pytest.raises(ModelError, match=DEFAULT_DETECTOR):
        find("yolo_of_dreams")


def test_own_folder_wins(tmp_path: Path) -> None:
    """A bureau's own network of the same name replaces the shipped one."""
    own = tmp_path / f"{DEFAULT_DETECTOR}.yaml"
    own.write_bytes(find(DEFAULT_DETECTOR)[1].read_bytes())

    assert find(DEFAULT_DETECTOR, (SHIPPED_DIR, tmp_path))[1] == own
