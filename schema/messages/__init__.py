"""To whom, about what, sent, read, answered: one table, and channels behind it."""
