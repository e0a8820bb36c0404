"""Where the actors meet: the war, the talks, Gaza, the oil market, the Iranian street."""
