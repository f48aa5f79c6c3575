"""What every command needs: the app, one transaction, errors as one clear line."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import pydantic
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from consult.app import create_app
from consult.core.db import db, unit_of_work
from consult.core.errors import ConsultError
from consult.core.settings import Settings
from consult.texts.indexing import index_is_current, rebuild_index

Command = TypeVar("Command", bound=Callable[..., Any])


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        click.ClickException: naming each setting that is wrong.
    """
    try:
        return Settings()
    except pydantic.ValidationError as error:
        lines = []
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            lines.append(f"CONSULT_{name}: {problem['msg']}" if name else str(problem["msg"]))
        raise click.ClickException("\n".join(lines)) from None


@contextmanager
def running_app() -> Iterator[Flask]:
    """The app with its context, for one command; its connections are closed behind it."""
    app = create_app(read_settings())
    with app.app_context():
        engine = db.engine
        try:
            yield app
        finally:
            db.session.close()
            engine.dispose()


def bring_index_up_to_date(say: Callable[[str], None]) -> None:
    """Make the index of words anew where it was made by other rules or never; within `running_app`."""
    with unit_of_work():
        if not index_is_current():
            say("the index of words is made anew")
            rebuild_index(say=say)


def clear_errors(command: Command) -> Command:
    """Say what went wrong in one line, without a traceback, and exit with 1."""

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ConsultError as error:
            raise click.ClickException(error.message or type(error).__name__) from None
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
            raise click.ClickException(
                f"The database does not answer as it should ({reason}). Is it there, and migrated? consult migrate"
            ) from None

    return guarded  # type: ignore[return-value]


def read_text_file(path: Path) -> str:
    """A text file in UTF-8.

    Raises:
        click.ClickException: not UTF-8, naming the place.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
