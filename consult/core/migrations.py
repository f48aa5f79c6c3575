"""Running Alembic from the app and the command line."""

from __future__ import annotations

from functools import lru_cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from consult.core.paths import migrations_dir


def alembic_config(database_url: str = "") -> Config:
    """Alembic's configuration for a database; no file is needed."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


@lru_cache(maxsize=1)
def head_revision() -> str | None:
    """The newest revision that this release brings."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade(database_url: str) -> None:
    """Bring a database to the newest revision."""
    command.upgrade(alembic_config(database_url), "head")
