"""`/healthz`: this process answers. `/readyz`: the database and its schema are there too."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, jsonify
from sqlalchemy.exc import SQLAlchemyError

from consult.core.db import db
from consult.core.migrations import head_revision


def init_health(app: Flask) -> None:
    """Register both, outside any language."""

    def healthz() -> Any:
        return jsonify(status="ok")

    def readyz() -> Any:
        try:
            present = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        except SQLAlchemyError:
            return jsonify(status="no database"), 503
        if present != head_revision():
            return jsonify(status="migrate first"), 503
        return jsonify(status="ok")

    for view in (healthz, readyz):
        view.access = "public"  # type: ignore[attr-defined]
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
