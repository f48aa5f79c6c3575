"""`python -m consult` is the command `consult`."""

from consult.cli import main

main()
