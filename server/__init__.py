"""How the schema is reached: pages, the graph over HTTP, commands. Knows no mechanism."""
