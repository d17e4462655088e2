"""`python -m consilium`."""

from consilium.cli import main

main()
