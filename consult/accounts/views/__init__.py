"""Views of accounts."""

from consult.accounts.views.account import accounts

__all__ = ["accounts"]
