"""Two scenarios on the same luck: paired differences, worlds that flip, and where they part."""
