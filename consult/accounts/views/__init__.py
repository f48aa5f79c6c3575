"""Views of accounts."""

from consult.accounts.views import signing_in, signing_up
from consult.accounts.views.account import accounts

__all__ = ["accounts", "signing_in", "signing_up"]
