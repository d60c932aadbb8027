"""The pages of the rules say what the catalogue says."""

from tools.make_rule_docs import wanted


def test_the_generated_pages_are_fresh() -> None:
    """After a change of the catalogue `make docs` writes them anew."""
    stale = [p.name for p, text in wanted().items() if p.read_text("utf-8") != text]

    assert stale == []
