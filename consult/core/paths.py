"""Where the folders lie that are not Python: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def _folder(name: str) -> Path:
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


def templates_dir() -> Path:
    """The pages' templates."""
    return _folder("templates")


def translations_dir() -> Path:
    """The catalogues, one folder a locale, compiled by `make run` in a checkout and by the build in a wheel."""
    return _folder("translations")


def migrations_dir() -> Path:
    """Alembic's script location: `env.py` and `versions/`."""
    return _folder("migrations")


def package_parent() -> Path:
    """The folder that the package itself lies in, for processes of ours that are started apart."""
    return _PACKAGE.parent
