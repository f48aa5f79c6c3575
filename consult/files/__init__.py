"""files people hand in and staff give out: judged by content, cleaned, scanned, stored; only ever downloads."""
