"""response-log releases and their formats, feeds, the disclosure register."""
