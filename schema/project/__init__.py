"""The one thing all mechanisms act on: an investment project, its life and its figures."""
