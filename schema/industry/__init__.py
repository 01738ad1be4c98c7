"""Article 2: the seven industry groups, their six ones, their chains and the companies they go after."""
