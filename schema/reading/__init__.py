"""How rows are read: what a type declares, who sees it, one statement a level, keyset pages.

Every read of the product goes this way: pages, partners, widgets, exports and the payloads of acts.
"""
