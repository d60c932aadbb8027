"""Base of all request bodies, and the texts people may write."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from alerts.plates import mask_plates

MOST_TEXT = 2000
MOST_NAME = 64
LOGIN_NAME = r"^[a-z][a-z0-9._-]{1,63}$"


class Taken(BaseModel):
    """A request body: strict, nothing beyond its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _writable(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        msg = "holds control characters"
        raise ValueError(msg)
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        msg = "holds half a character"
        raise ValueError(msg)
    return text


Words = Annotated[str, AfterValidator(_writable), AfterValidator(mask_plates)]
"""Text of people: data to be shown, never markup; stored as written, but for plates,
which are masked before anything is done with them."""

Comment = Annotated[
    Words, Field(max_length=MOST_TEXT, description="in the person's own words")
]
LoginName = Annotated[
    str, Field(pattern=LOGIN_NAME, description="what a person logs in with")
]
