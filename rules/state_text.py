"""What is remembered as canonical JSON: equal values give equal bytes.

Every look that changes anything writes it, so that the text of fifty walkers must cost
next to nothing: msgspec writes dataclasses, aware times (`Z`), names, portraits
(base64). What is read back is checked by pydantic where it is taken up.
"""

import msgspec

_ENCODER = msgspec.json.Encoder()


def text_of(value: object) -> bytes:
    """The value as JSON, fields in the order declared."""
    return _ENCODER.encode(value)
