"""`python -m nonsite`: the command, for processes that start it themselves."""

from nonsite.cli import main

main()
