"""queue, reasoned decisions, redaction, reports, appeals, the public moderation log."""
