"""the illustrated consultations; imported by cli alone."""
