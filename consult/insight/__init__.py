"""participation: who has been heard, who is missing; figures and charts."""
