"""Deeds of persons as the audit trail wants them: who, in which roles, certified how.

国务院令799 art. 16 and 行政处罚法 art. 41, 42 ask later by whom and in which capacity
something was done, so roles and certificate are written down as they were then.
"""

from sqlalchemy.orm import Session

from alerts.audit import Deed
from base.json_value import JsonValue
from identity.people import person_of
from identity.person import Person
from identity.tables import PersonRow


def deed_of(person: Person, action: str, subject: str, **more: JsonValue) -> Deed:
    """What `person` does to `subject`; `action` is `noun.past_verb`."""
    detail: dict[str, JsonValue] = {
        "roles": [role.value for role in sorted(person.roles)],
        "certificate": person.certificate,
        **more,
    }
    return Deed(person.name, action, subject, detail)


def person_named(session: Session, name: str) -> Person:
    """Who goes by `name` now; without roles where nobody does (any more)."""
    row = session.get(PersonRow, name)
    return Person(name, name, frozenset()) if row is None else person_of(row)
