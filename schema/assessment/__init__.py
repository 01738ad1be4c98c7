"""Article 10: the monthly contest of the five carriers."""
