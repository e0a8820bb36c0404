"""Ensembles: a scenario on many worlds, in any number of processes, with the same bytes; runs and studies that are kept."""
