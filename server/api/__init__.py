"""The graph over HTTP: request, limits, cost, rate limit, execution, errors, contract."""
