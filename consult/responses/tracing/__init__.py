"""Which point caused which change of the text; what was accepted and is not seen there; what nobody asked for."""
