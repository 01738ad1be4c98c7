"""Who asks: their inbox, counts, saved views and search."""
