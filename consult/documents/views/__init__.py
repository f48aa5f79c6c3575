"""Views of documents."""

from consult.documents.views import bringing, figures, final, keeping, looking, mending, reviewing
from consult.documents.views.desk import desk
from consult.documents.views.languages import languages
from consult.documents.views.places import final_text, proposals

__all__ = [
    "bringing",
    "desk",
    "figures",
    "final",
    "final_text",
    "keeping",
    "languages",
    "looking",
    "mending",
    "proposals",
    "reviewing",
]
