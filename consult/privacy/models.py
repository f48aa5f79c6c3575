"""How long what is personal is kept, and what a run did about it."""
