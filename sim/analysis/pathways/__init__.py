"""Where worlds go: stages, typical stories, and what goes before an outcome more often than elsewhere."""
