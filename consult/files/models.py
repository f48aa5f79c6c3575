"""Files that were handed in or given out."""
