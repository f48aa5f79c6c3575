"""what is said in one language and wanted in another, side by side: what is missing, what is stale, XLIFF out and in."""
