"""the outbox: a plain recipient and locale, delivery after commit. Knows no feature."""
