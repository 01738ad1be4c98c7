"""Every read goes this way: models, fields, filters, loaders, and a compiler to one statement."""
