"""Analyses: paired comparison, explanation of a world, pathways, sensitivity; an estimate behind every sentence."""
