"""`python -m folkmoot_node` is the command `folkmoot`."""

from folkmoot_node.cli import main

main()
