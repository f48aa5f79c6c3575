"""Pages of one's own data, of leaving, and of how long things are kept."""

from consult.privacy.views import closing as _closing  # noqa: F401 - its routes join the blueprint of own data
from consult.privacy.views.forgetting import forgetting
from consult.privacy.views.own import own_data
from consult.privacy.views.retention import kept, retention_desk

__all__ = ["forgetting", "kept", "own_data", "retention_desk"]
