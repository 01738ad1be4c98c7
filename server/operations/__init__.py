"""What keeps an installation working: migrations, seed data, checks, health, logs."""
