"""Pages that keep up: after a commit, whoever may see what changed is notified that it did, never how."""
