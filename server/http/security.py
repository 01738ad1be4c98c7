"""Security headers of every answer."""

FRAMED = ("/widgets/", "/embed/")

# No 'unsafe-…' anywhere: markup that slips through still runs no script and loads nothing foreign.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HTTPS_ONLY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def security_headers(ancestors: str, resource_policy: str) -> list[tuple[bytes, bytes]]:
    headers = {
        "content-security-policy": f"{POLICY}; frame-ancestors {ancestors}",
        "cross-origin-resource-policy": resource_policy,
        **ALWAYS,
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]
