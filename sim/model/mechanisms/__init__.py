"""One theory a file, each a few pure functions of arrays over worlds. Nothing here knows an actor."""
