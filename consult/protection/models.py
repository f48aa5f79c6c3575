"""Looks at protected identities; texts struck."""
