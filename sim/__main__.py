"""`python -m sim` is `brink`."""

from sim.cli import main

main()
