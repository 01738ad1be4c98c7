"""Article 3: leads are reported, judged, transferred, and their credit is shared."""
