"""settings, database, clock, locale, errors, forms, paging, storage, web."""
