"""The office's Excel ledger: uploaded, previewed, imported as projects, undone as a batch.

`columns.csv` lists the columns of the office's forms with their sources. `fields.csv` lists the
fields of a ledger row in the order of the template, each with its column and its aliases.
`destinations.csv` says where each field goes. `words.csv` maps the words of ledgers to enums and slugs.
"""
