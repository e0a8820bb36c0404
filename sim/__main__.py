"""`python -m sim` is `brink`."""

from sim.cli import main

if __name__ == "__main__":
    main()
