"""Reports: a run or a comparison told in one HTML file that needs nothing else."""
