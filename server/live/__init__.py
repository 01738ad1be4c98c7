"""Pages that keep up: after a commit, whoever may see what changed is told that it did, never how."""
