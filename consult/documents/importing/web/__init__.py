"""Web pages (HTML), also as office programs save them: their words, without what they would run or fetch."""

from consult.documents.importing.web.reader import read_web

__all__ = ["read_web"]
