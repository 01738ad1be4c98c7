"""What a person who signs in starts from: inbox, counts, saved views, search."""
