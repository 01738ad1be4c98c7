"""HTTP itself: headers, caching, cross-origin requests. Knows no graph, no page and no table."""
