"""One world: what happened day by day and why, who believed what, what each decision was needed for, and forks from it."""
