"""`python -m server` is `sixones`."""

from server.commands import main

main(prog_name="sixones")
