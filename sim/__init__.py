"""brink: what could happen between the United States, Israel, Iran and Iran's partners, thousands of times over."""
