"""Attachments on disk: kinds, names, store."""
