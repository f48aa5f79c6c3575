"""The rules of the house that no linter knows: sizes, places, and words that must not leak in."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "consult"
LONGEST = 500
CODE = {".css", ".html", ".js", ".py", ".txt"}

# A lock or a setting that names where packages came from ties the project to one network.
REGISTRY = re.compile(
    r"(?<!no-emit-)(?:index|find)[-_](?:url|links)|://[^\s/\"']+(?:/[^\s\"']*)?/simple\b", re.IGNORECASE
)
MACHINE = re.compile(r"(?<![\w.}])/(?:work|root)/(?=\w)")

BELOW_FORMS = {"emails", "enums", "jobs", "models", "queries", "services"}
OF_THE_REQUEST = {"current_user", "g", "request", "session"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is in the repository or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return tuple(path for name in sorted(set(names)) if name and (path := ROOT / name).is_file())


def lines_of(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text("utf-8"))


def places(pattern: re.Pattern[str], files: Iterator[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(lines_of(path), 1)
        if pattern.search(line)
    ]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    folders = (PACKAGE, ROOT / "tests", ROOT / "templates")
    code = [path for path in tracked() if path.suffix in CODE and any(path.is_relative_to(f) for f in folders)]
    assert code
    long = {str(path.relative_to(ROOT)): size for path in code if (size := len(lines_of(path))) > LONGEST}
    assert long == {}, "a file past 500 lines becomes a package of the same name"


def test_nothing_names_a_registry() -> None:
    assert places(REGISTRY, (path for path in tracked() if path != Path(__file__).resolve())) == []


def test_nothing_names_a_path_of_somebodys_machine() -> None:
    assert places(MACHINE, iter(tracked())) == []


def test_the_locks_hold_versions_and_hashes_alone() -> None:
    allowed = re.compile(r"#.*|[a-z0-9.-]+==[\w.]+( ;[^@:]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    for name in ("requirements.txt", "requirements-dev.txt"):
        strange = [line for line in lines_of(ROOT / name) if not allowed.fullmatch(line)]
        assert strange == [], name


def test_both_locks_agree() -> None:
    runtime, dev = (
        {line for line in lines_of(ROOT / name) if "==" in line}
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime <= dev, "run `make lock`"


def test_the_map_says_what_each_room_says() -> None:
    listed = {
        match[1]: match[2]
        for line in lines_of(ROOT / "docs/map.md")
        if (match := re.match(r"- \*\*(\w+)/\*\*: (.+)", line))
    }
    rooms = {}
    for path in sorted(PACKAGE.glob("*/__init__.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        rooms[path.parent.name] = " ".join(docstring.split())
    assert rooms
    assert listed == rooms


def test_only_core_commits() -> None:
    found = [
        f"consult/{path}:{node.lineno}"
        for path, tree in modules()
        if path.parts[0] != "core"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == [], "one commit, in the wrapper around views or in unit_of_work()"


def test_below_forms_nobody_asks_who_is_there() -> None:
    found = [
        f"consult/{path}:{node.lineno}: {name.name}"
        for path, tree in modules()
        if path.parts[0] != "core" and BELOW_FORMS & {*path.parts[1:-1], path.stem}
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0].startswith("flask")
        for name in node.names
        if name.name in OF_THE_REQUEST
    ]
    assert found == [], "actor and time are arguments"


def test_an_ignored_type_error_is_named() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)(?!\(\?)")
    assert places(bare, (path for path in tracked() if path.suffix == ".py" and path != Path(__file__).resolve())) == []
