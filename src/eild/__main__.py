"""``python -m eild``: the command line."""

from eild.cli import main

main()
