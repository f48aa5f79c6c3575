"""Figures, counted once a day."""
