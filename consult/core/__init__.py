"""settings, database, clock, locale, errors, forms, paging, storage, web. No other import from consult."""
