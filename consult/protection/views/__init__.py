"""Views of the protection role."""

from consult.protection.views.admin import protection_admin
from consult.protection.views.looking import desk
from consult.protection.views.striking import show_point

__all__ = ["desk", "protection_admin", "show_point"]
