"""one index over what the features offer, in every script."""
