"""words in many languages: originals, translations with provenance, staleness, contest."""
