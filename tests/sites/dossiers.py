"""A dossier for cameras of tests: a valid basis for every purpose."""

import yaml

from sites.dossier_section import DossierSection

DOSSIER_YAML = (
    "{owner: 测试局, access: {document: 测试函1号, signed_on: 2020-01-01, "
    "expires_on: 2099-12-31}, purposes: [work_safety, street_order], "
    "legal_review: {document: 法审1号, reviewed_on: 2020-01-02}, "
    "technical_review: {document: 技审1号, reviewed_on: 2020-01-02}, "
    "sign_photo: sign-1.jpg, "
    "published: {place: 'https://example.org/1', published_on: 2020-01-03}}"
)
"""One line for `dossier:` in a site file."""

DOSSIER_TEMPLATE = DOSSIER_YAML.replace("{", "{{").replace("}", "}}")
"""The same inside a text that is formatted."""


def dossier() -> DossierSection:
    """The same as an object."""
    return DossierSection.model_validate(yaml.safe_load(DOSSIER_YAML))
