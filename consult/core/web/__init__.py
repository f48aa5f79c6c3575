"""The edge: requests in, pages out. Locale, marks, commits, CSRF, caching, headers, errors, logs."""
