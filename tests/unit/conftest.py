"""Fixtures for tests of pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask


@pytest.fixture(scope="session")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app on a database that nothing in these tests opens; sentences need its catalogues."""
    from consult.app import create_app
    from consult.core.settings import Settings

    folder: Path = tmp_path_factory.mktemp("bare")
    return create_app(Settings(data_dir=folder, environment="test", secret_key="for-tests-only-" * 3))


@pytest.fixture
def app_context(bare_app: Flask) -> Iterator[None]:
    """An app context, for code that writes sentences."""
    with bare_app.app_context():
        yield
