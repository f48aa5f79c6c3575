"""who is behind protected input: seen by a named role alone, every look recorded; texts struck for safety or law."""
