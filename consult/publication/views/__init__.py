"""Views of publication."""

from consult.publication.views.annotated import annotated
from consult.publication.views.desk import desk
from consult.publication.views.feeds import feeds
from consult.publication.views.log import log

__all__ = ["annotated", "desk", "feeds", "log"]
