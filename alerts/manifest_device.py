"""The camera's dossier as a manifest tells it: a form of its own, fixed for good.

The section of the site file goes on; what was sealed must be read, and written again to
the same bytes, for as long as the evidence is kept. So nothing here is the section's
own: a member it gains is told of by a later version of the manifest, or not at all.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from sites.dossier_section import DossierSection, ReviewSection


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ManifestAccess(_Part):
    """The document by which the owner lets the bureau use the camera."""

    document: str = Field(description="its title and number")
    signed_on: date = Field(description="first day it is valid")
    expires_on: date = Field(description="last day it is valid")


class ManifestReview(_Part):
    """One of the two reviews of art. 41."""

    document: str = Field(description="title and number of the review")
    reviewed_on: date = Field(description="day of the review")


class ManifestPublished(_Part):
    """Where the public can read that the camera hangs there."""

    place: str = Field(description="address of the page or notice")
    published_on: date = Field(description="since when")


class ManifestDevice(_Part):
    """One camera's dossier, then."""

    owner: str = Field(description="who owned or ran the camera")
    access: ManifestAccess = Field(description="document that let the bureau in")
    purposes: tuple[str, ...] = Field(description="what its pictures might be used for")
    codes: tuple[str, ...] | None = Field(description="codes permitted; null: all")
    gb_code: str | None = Field(description="GB/T 28181 id")
    legal_review: ManifestReview | None = Field(description="法制审核, art. 41")
    technical_review: ManifestReview | None = Field(description="技术审核, art. 41")
    sign_photo: str | None = Field(description="photograph of the sign on site")
    published: ManifestPublished | None = Field(description="published place")


def device_of(dossier: DossierSection | None) -> ManifestDevice | None:
    """The dossier in force at sealing, as the manifest tells it."""
    if dossier is None:
        return None
    access, published = dossier.access, dossier.published
    return ManifestDevice(
        owner=dossier.owner,
        access=ManifestAccess(
            document=access.document,
            signed_on=access.signed_on,
            expires_on=access.expires_on,
        ),
        purposes=tuple(purpose.value for purpose in dossier.purposes),
        codes=dossier.codes,
        gb_code=dossier.gb_code,
        legal_review=_review(dossier.legal_review),
        technical_review=_review(dossier.technical_review),
        sign_photo=dossier.sign_photo,
        published=None
        if published is None
        else ManifestPublished(
            place=published.place, published_on=published.published_on
        ),
    )


def _review(section: ReviewSection | None) -> ManifestReview | None:
    if section is None:
        return None
    return ManifestReview(document=section.document, reviewed_on=section.reviewed_on)
