"""The environment: read once, checked, secrets never repeated."""

import pytest

from base.errors import ConfigError
from nonsite.settings import logins_from_environment, read_settings


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable and does not repeat its value."""
    monkeypatch.setenv("NONSITE_SHARDS", "hunter2")

    with pytest.raises(ConfigError, match="NONSITE_SHARDS") as caught:
        read_settings()
    assert "hunter2" not in str(caught.value)


def test_addresses_of_stores_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in a store's address does not show in the settings' text."""
    monkeypatch.setenv("NONSITE_REDIS_URL", "redis://:hunter2@cache:6379/0")

    assert "hunter2" not in repr(read_settings())


def test_a_login_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The login `dock` is NONSITE_LOGIN_DOCK; an absent one is None."""
    monkeypatch.setenv("NONSITE_LOGIN_DOCK", "user:pass")

    found = logins_from_environment("dock")
    assert found is not None
    assert found.get_secret_value() == "user:pass"
    assert logins_from_environment("gate") is None
