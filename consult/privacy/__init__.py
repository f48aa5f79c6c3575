"""see, correct, export, erase: through collectors that features register; retention."""
