"""`sixones`: everything that is done without a browser."""

from server.commands import contract, lists, people, running
from server.commands.group import main

__all__ = ["contract", "lists", "main", "people", "running"]
