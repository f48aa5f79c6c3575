"""Views of mail."""

from consult.mail.views.development import development

__all__ = ["development"]
