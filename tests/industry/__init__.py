"""Article 2: groups, their six ones, chains and target companies."""
