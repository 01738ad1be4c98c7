"""The office's Excel ledger: how it is read, and what is made of it.

`columns.csv` are the columns of the office's forms with where each was seen; `fields.csv` says
which of ours each column of the ledger fills, in the order of the template, and its other names.
"""
