"""Studies of the model: what it is held against, and what it is good for."""
