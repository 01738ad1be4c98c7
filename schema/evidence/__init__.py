"""Files given as evidence: an act's input, storing, reading."""
