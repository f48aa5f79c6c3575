"""The API and its page for people."""

from consult.api.views.page import page
from consult.api.views.v1 import api

__all__ = ["api", "page"]
