"""What-ifs: paired comparison, explanation of a world, pathways, forks."""
