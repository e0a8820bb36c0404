"""The model: actors, arenas and mechanisms, the numbers that they rest on, and the evidence for each."""
