"""Whether a browser sends a request from another site's page."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def is_cross_origin(sent: dict[bytes, bytes]) -> bool:
    """Whether a browser says that another site's page makes this request.

    The algorithm is that of Go's CrossOriginProtection: Sec-Fetch-Site decides; without it the
    host in Origin must be ours. What says neither is no browser of the last years.
    """
    if site := sent.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if origin := sent.get(b"origin"):
        return origin.partition(b"://")[2] != sent.get(b"host")
    return False
