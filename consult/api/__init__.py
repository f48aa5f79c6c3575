"""JSON v1 over the same queries."""
