"""A selection compiled to SQL that answers JSON."""
