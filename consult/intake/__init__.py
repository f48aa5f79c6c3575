"""the same record by other doors: offline forms, comment tables, e-mail, meetings."""
