"""Pages: documents and templates, forms, lists as files, static files."""
