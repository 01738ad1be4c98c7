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
        scheme, _, host = origin.partition(b"://")
        return host != without_usual_port(sent.get(b"host", b""), scheme)
    return False


def without_usual_port(host: bytes, scheme: bytes) -> bytes:
    """A host as an origin has it: browsers leave the usual port out, proxies may write it.

    >>> without_usual_port(b"City.example:443", b"https"), without_usual_port(b"a:443", b"http")
    (b'city.example', b'a:443')
    """
    return host.lower().removesuffix({b"http": b":80", b"https": b":443"}.get(scheme, b""))
