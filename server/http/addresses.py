"""From where a request comes, as a caller is known by it."""

from ipaddress import IPv6Address, ip_address


def network(host: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address, which is what one subscriber has.

    >>> network("2001:db8::1:2")
    '2001:db8::/64'
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return host
