"""Which parameters an outcome depends on, where its answer flips, and what is luck."""
