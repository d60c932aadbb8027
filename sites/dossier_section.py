"""The `dossier:` section of a camera: on which basis its pictures may be used at all.

Someone owns the camera, a document lets the bureau in, for named purposes, until a day:
without such a basis the feed is not pulled, and a code outside the purposes stays off.
Whether what it shows may stand as off-site evidence is a second question (both reviews
of 行政处罚法 art. 41, a sign, a published place): unset, its alerts are clues.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.settings import RuleCode


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccessPurpose(StrEnum):
    """What a camera's pictures may be used for."""

    WORK_SAFETY = "work_safety"
    STREET_ORDER = "street_order"


PURPOSE_OF_FAMILY: dict[str, AccessPurpose] = {
    "CS": AccessPurpose.WORK_SAFETY,
    "WH": AccessPurpose.WORK_SAFETY,
    "SW": AccessPurpose.STREET_ORDER,
}
"""Purpose a code needs, by the letters it begins with."""


class BasisProblem(StrEnum):
    """Why a camera may not be pulled."""

    NO_DOSSIER = "no_dossier"
    NOT_YET = "access_not_yet_valid"
    EXPIRED = "access_expired"


class EvidenceGap(StrEnum):
    """What a camera lacks to give off-site evidence (art. 41)."""

    LEGAL_REVIEW = "no_legal_review"
    TECHNICAL_REVIEW = "no_technical_review"
    SIGN = "no_sign"
    PUBLISHED = "not_published"


Document = Annotated[str, Field(min_length=1, max_length=200)]


class AccessSection(_Section):
    """The document by which the owner lets the bureau use the camera."""

    document: Document = Field(description="its title and number")
    signed_on: date = Field(description="first day it is valid")
    expires_on: date = Field(description="last day it is valid")

    @model_validator(mode="after")
    def _in_order(self) -> "AccessSection":
        if self.expires_on < self.signed_on:
            msg = "expires_on is before signed_on"
            raise ValueError(msg)
        return self


class ReviewSection(_Section):
    """One of the two reviews of art. 41."""

    document: Document = Field(description="title and number of the review")
    reviewed_on: date = Field(description="day of the review")


class PublishedSection(_Section):
    """Where the public can read that the camera hangs there."""

    place: Document = Field(description="address of the page or notice")
    published_on: date = Field(description="since when")


class DossierSection(_Section):
    """One camera's dossier."""

    owner: Document = Field(description="who owns or runs the camera")
    access: AccessSection = Field(description="document that lets the bureau in")
    purposes: tuple[AccessPurpose, ...] = Field(
        min_length=1, description="what its pictures may be used for"
    )
    codes: tuple[RuleCode, ...] | None = Field(
        default=None, description="codes permitted; null: all of the purposes"
    )
    gb_code: str | None = Field(
        default=None, pattern=r"^\d{20}$", description="GB/T 28181 id, 20 digits"
    )
    legal_review: ReviewSection | None = Field(
        default=None, description="法制审核, art. 41; null: its alerts are clues"
    )
    technical_review: ReviewSection | None = Field(
        default=None, description="技术审核, art. 41; null: its alerts are clues"
    )
    sign_photo: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="photograph of the sign on site: file or archive number",
    )
    published: PublishedSection | None = Field(
        default=None, description="published place; null: its alerts are clues"
    )

    def permits(self, code: RuleCode) -> bool:
        """Whether the rule `code` may be judged on this camera.

        A code of the bureau's own family serves no purpose by its letters: it is judged
        where it is named, and nowhere else.
        """
        purpose = PURPOSE_OF_FAMILY.get(code.split("-", maxsplit=1)[0])
        if purpose is None:
            return self.codes is not None and code in self.codes
        is_named = self.codes is None or code in self.codes
        return is_named and purpose in self.purposes

    def evidence_gaps(self, day: date) -> tuple[EvidenceGap, ...]:
        """What is lacking on `day` for off-site evidence, in the order of art. 41."""
        legal, technical = self.legal_review, self.technical_review
        published = self.published
        lacks = (
            (EvidenceGap.LEGAL_REVIEW, not legal or legal.reviewed_on > day),
            (
                EvidenceGap.TECHNICAL_REVIEW,
                not technical or technical.reviewed_on > day,
            ),
            (EvidenceGap.SIGN, self.sign_photo is None),
            (EvidenceGap.PUBLISHED, not published or published.published_on > day),
        )
        return tuple(gap for gap, is_lacking in lacks if is_lacking)


def basis_problem(dossier: DossierSection | None, day: date) -> BasisProblem | None:
    """Why a camera with this dossier may not be pulled on `day`; None where it may."""
    if dossier is None:
        return BasisProblem.NO_DOSSIER
    if day < dossier.access.signed_on:
        return BasisProblem.NOT_YET
    if day > dossier.access.expires_on:
        return BasisProblem.EXPIRED
    return None
