"""Units, the people in them, how they sign in, and the companies that invest."""
