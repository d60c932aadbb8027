"""Who sits at the desk in the tests."""

from pathlib import Path

from alerts.database import open_database
from alerts.migrate import migrate
from base.clock import SystemClock
from identity.identity import open_identity
from identity.people import Newcomer
from identity.person import Person, Scope
from identity.right import Role
from nonsite.data_folder import DataFolder

PASSWORD = "correct horse battery"

EVERYBODY: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("chen.jing", "陈静", "33040200101", (Role.REVIEWER,)),
    ("lin.tao", "林涛", "33040200102", (Role.REVIEWER,)),
    ("wu.min", "吴敏", "33040200103", (Role.SENIOR,)),
    ("zhou.wei", "周伟", "33040200104", (Role.OFFICER,)),
    ("ma.li", "马丽", "33040200105", (Role.OFFICER,)),
    ("sun.hao", "孙浩", "", (Role.VIEWER,)),
    ("he.xin", "何欣", "", (Role.AUXILIARY,)),
    ("qian.li", "钱莉", "", (Role.CONTACT,)),
    ("gao.peng", "高鹏", "", (Role.ENGINEER,)),
    ("tang.yu", "唐宇", "", (Role.SECURITY_ADMIN,)),
    ("fang.jie", "方杰", "", (Role.SYSTEM_ADMIN,)),
    ("song.yan", "宋岩", "", (Role.AUDIT_ADMIN,)),
)
"""Login name, full name, certificate, roles."""


def add_everybody(data: Path) -> None:
    """Put them into the database of a service that does not run yet."""
    folder = DataFolder(data)
    folder.make()
    database = open_database(f"sqlite:///{folder.database}")
    migrate(database)
    people = open_identity(database, SystemClock()).people
    for name, full_name, certificate, roles in EVERYBODY:
        person = Person(name, full_name, frozenset(roles), certificate, Scope())
        people.add(Newcomer(person, PASSWORD), "tests")
    database.close()
