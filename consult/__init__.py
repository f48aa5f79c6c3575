"""Consult: publish a draft, hear everyone, answer every point, and keep what was promised."""

__version__ = "0.1.0"
