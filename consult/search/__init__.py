"""one page that finds words in whatever its reader may read, in every script."""
