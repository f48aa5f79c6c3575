"""Fixtures for every test: a folder for the run, and migrated databases of both kinds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.postgres import postgres_server

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

RUN_FOLDER = "CONSULT_TEST_FOLDER"
"""Names the folder that all workers of a run share; the process that starts them makes and removes it."""


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="consult-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """Names this worker in what workers share."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with sqlite_database(tmp_path_factory.mktemp("sqlite")) as database:
        yield database


@pytest.fixture(scope="session")
def postgresql(worker_name: str) -> Iterator[Database]:
    with (
        postgres_server(Path(os.environ[RUN_FOLDER], "postgresql")) as server,
        postgresql_database(server, f"consult_{worker_name}") as database,
    ):
        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database without a row of anybody's; the test runs once on each engine."""
    database: Database = request.getfixturevalue(request.param)
    yield database.url
    database.restore()


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    """The applications made so far, by database: making one costs more than most tests."""
    from consult.core.db import db

    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(database_url: str, apps: dict[str, Flask], tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on that database."""
    from consult.app import create_app
    from consult.core.settings import Settings

    if database_url not in apps:
        settings = Settings(
            database_url=database_url,
            data_dir=tmp_path_factory.mktemp("data"),
            secret_key="for-tests-only-" * 3,
            environment="test",
            api_requests_per_minute=100_000,  # all tests come from one address
        )
        apps[database_url] = create_app(settings)
    return apps[database_url]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, not signed in."""
    return app.test_client()
