"""`sixones`: everything that is done without a browser."""

from server.commands import appointments, contacts, contract, lists, people, running
from server.commands.group import main

__all__ = ["appointments", "contacts", "contract", "lists", "main", "people", "running"]
