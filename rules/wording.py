"""What a code is called before anybody has judged: 疑似…线索, a suspicion, a clue.

Until a named person has confirmed it, an alert says that something looks like a matter,
never that it is one; the words of verdict and penalty appear nowhere in the API.
"""

from rules.catalogue import Catalogue, Names


def suspected(code: str, catalogue: Catalogue) -> Names:
    """The sentence shown for an alert of `code`; by its code where it has no name."""
    row = catalogue.rules.get(code)
    if row is None:
        zh, en = f" {code} ", code
    else:
        zh, en = row.name.zh, row.name.en
    return Names(zh=f"疑似{zh}线索", en=f"suspected {en} (clue)")
