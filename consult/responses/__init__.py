"""topics, campaigns, dispositions, clearance, the coverage gate, acknowledgement."""
