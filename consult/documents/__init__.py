"""consulted texts: versions, language editions, paragraphs, import, comparison, carry-over, anchors."""
