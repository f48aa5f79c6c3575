"""Views of accounts."""

from consult.accounts.views import finishing, recovering, signing_in, signing_up, ways
from consult.accounts.views.account import accounts

__all__ = ["accounts", "finishing", "recovering", "signing_in", "signing_up", "ways"]
