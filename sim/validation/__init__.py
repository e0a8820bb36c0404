"""Validation: what the model is held against, and what it is good for."""
