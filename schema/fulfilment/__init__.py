"""Article 6: the timetable, the money and the tax after signing."""
