"""host organisations, their staff and roles, their lists (statuses, country names, moderation rules)."""
