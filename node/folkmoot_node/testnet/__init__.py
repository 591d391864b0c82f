"""Test networks: real nodes on this machine, and the stories that are told on them."""
