"""words in many languages: originals, translations with provenance, staleness, contest, and the index that finds them."""
