"""consultations, rounds (audience, visibility), terms of engagement, questions, reach targets, outcome."""
