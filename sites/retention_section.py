"""The `retention:` section of the site file: how long things are kept, what goes first.

It stands here and not in alerts because alerts is the later folder; alerts reads it.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Expendable(StrEnum):
    """Kinds of evidence that may be deleted when the disk runs out.

    What nobody has decided, what is confirmed and within its term, and whatever is
    under a legal hold has no name here: no order can make it go.
    """

    ORPHANED = "orphaned"
    LEFT = "left"
    REJECTED = "rejected"
    ARCHIVED = "archived"


PRESSURE_ORDER = (
    Expendable.ORPHANED,
    Expendable.LEFT,
    Expendable.REJECTED,
    Expendable.ARCHIVED,
)
"""What nobody can miss first: objects a crash left that no pack names; then what left
within its grace and no person ever saw; then what a person rejected; last what was
confirmed and has outlived its term."""


class RetentionSection(BaseModel):
    """How long evidence is kept, and what goes first when the disk runs out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dismissed_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="evidence of dismissed alerts is deleted after this many days",
    )
    metadata_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="rows of dismissed alerts are de-identified after this many days",
    )
    confirmed_days: int = Field(
        default=1826,
        ge=731,
        le=36500,
        description="term of confirmed evidence, days from the verdict: two years of "
        "limitation at least, five where life was in danger (行政处罚法 36), or what "
        "the archive rule of the bureau says; then it is deleted, unless `archived` "
        "is left out of `pressure_order`",
    )
    pressure_order: tuple[Expendable, ...] = Field(
        default=PRESSURE_ORDER,
        description="what goes first when the disk runs out; a kind left out stays; "
        "`archived` left out: confirmed evidence is never deleted",
    )

    plate_key_days: int = Field(
        default=180,
        ge=1,
        le=3650,
        description="the key plates are stored under is replaced after this many days",
    )
    plate_search_days: int = Field(
        default=366,
        ge=1,
        le=3650,
        description="a replaced key is searched for this many days more, then "
        "destroyed: a year is the window of a first offence",
    )

    @field_validator("pressure_order")
    @classmethod
    def _names_each_once(cls, value: tuple[Expendable, ...]) -> tuple[Expendable, ...]:
        if len(set(value)) != len(value):
            msg = "names a kind twice"
            raise ValueError(msg)
        return value
