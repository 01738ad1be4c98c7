"""Files given as evidence: how an act takes them, where they are kept, how they are read."""
