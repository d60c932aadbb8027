"""What an alert is called before anybody has judged."""

from rules.catalogue import shipped_catalogue
from rules.wording import suspected


def test_a_code_is_told_as_a_suspicion() -> None:
    """疑似…线索, never a verdict; by its code where it has no name."""
    catalogue = shipped_catalogue()

    named, own = suspected("SW-01", catalogue), suspected("ZZ-99", catalogue)

    assert named.zh == "疑似人行道违停线索"
    assert named.en == f"suspected {catalogue.rules['SW-01'].name.en} (clue)"
    assert (own.zh, own.en) == ("疑似 ZZ-99 线索", "suspected ZZ-99 (clue)")
