"""Documents for Word and on paper: declared with their fields, laid out by a template, made to order.

A document is made from what its reader sees and nothing else: the values of its fields come out of
a document of the graph that runs as the reader. The office may replace a template; whatever it
holds, it is checked, rendered in a sandbox, and that in a bounded process.
"""
