"""Who may use the system: people, passwords, tokens, sessions, and who sends a request."""
