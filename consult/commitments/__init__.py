"""follow-up: undertakings, owners, due dates, progress, evidence."""
