"""Turning rows into resources: with a constant number of queries for a page of any size."""
