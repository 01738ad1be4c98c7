"""Article 5: negotiations and agreements."""
