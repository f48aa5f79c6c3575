"""Documents that must stay complete."""

from __future__ import annotations

from pathlib import Path

from consult.access.permissions import Permission
from consult.access.policy import POLICY, permission_table
from consult.access.roles import MEANING, Relation
from consult.core.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_permission_table_is_the_policys() -> None:
    text = (DOCS / "permissions.md").read_text("utf-8")
    assert permission_table() in text
    for relation in Relation:
        assert f"| {relation} | {MEANING[relation]} |" in text


def test_every_permission_has_a_policy() -> None:
    assert set(POLICY) == set(Permission)
    assert all(POLICY.values())


def test_every_setting_is_documented_with_its_own_words() -> None:
    text = (DOCS / "operating.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `CONSULT_{name.upper()}` |" in text, name
        assert field.description
        assert field.description in text, name


def test_no_setting_is_documented_that_does_not_exist() -> None:
    text = (DOCS / "operating.md").read_text("utf-8")
    listed = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `CONSULT_")}
    assert listed == {f"CONSULT_{name.upper()}" for name in Settings.model_fields}


def test_every_decision_is_in_the_list() -> None:
    listed = (DOCS / "adr" / "README.md").read_text("utf-8")
    for path in sorted((DOCS / "adr").glob("0*.md")):
        assert f"]({path.name})" in listed
