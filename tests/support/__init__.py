"""What tests share: databases, and whatever else two of their folders need."""
