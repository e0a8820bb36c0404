"""Validation: comparisons of the model with what is known, and what it is good for."""
