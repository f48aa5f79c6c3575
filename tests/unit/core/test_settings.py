"""Settings that refuse to endanger anybody."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from consult.core.settings import DEVELOPMENT_SECRET, Settings

SECRET = "a secret of at least thirty-two characters"


@pytest.mark.parametrize("secret", [DEVELOPMENT_SECRET, "short", ""])
def test_production_needs_a_secret_of_its_own(secret: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="CONSULT_SECRET_KEY"):
        Settings(environment="production", secret_key=secret)
    assert Settings(environment="production", secret_key=SECRET).is_production


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_development_stays_on_this_machine(host: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="CONSULT_HOST"):
        Settings(environment="development", host=host)
    assert Settings(environment="production", secret_key=SECRET, host=host).host == host


def test_the_database_lies_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database_url == f"sqlite:///{tmp_path / 'consult.db'}"
    assert not Settings(data_dir=tmp_path, database_url="postgresql+psycopg://h/n").is_sqlite


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(Settings(environment="production", secret_key=SECRET))
