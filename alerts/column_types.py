"""Column types: UTC times, canonical JSON, ids that grow, equal on both databases.

PostgreSQL keeps a zone with a time and SQLite does not; a time without a zone must
never enter, one from the store must never leave without. JSON is stored sorted, so that
the same value is the same text.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from base.json_value import JsonValue, canonical_json


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, microseconds kept."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """The time as the database wants it.

        Raises:
            ValueError: The time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a stored time must be aware, found {value}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """The time, aware, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class CanonicalJson(TypeDecorator[JsonValue]):
    """JSON: JSONB on PostgreSQL, canonical text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """JSONB where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> JsonValue:
        """The value as the database wants it."""
        if value is None or dialect.name == "postgresql":
            return value
        return canonical_json(value)

    def process_result_value(
        self,
        value: JsonValue,
        dialect: Dialect,
    ) -> JsonValue:
        """The value back."""
        if dialect.name != "postgresql" and isinstance(value, str):
            loaded: JsonValue = json.loads(value)
            return loaded
        return value


BIG_ID = BigInteger().with_variant(Integer(), "sqlite")
"""A growing id: SQLite grows only a column it knows as INTEGER PRIMARY KEY."""
