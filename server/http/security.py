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


def security_headers(
    ancestors: str, resource_policy: str, frame_options: str | None = None
) -> list[tuple[bytes, bytes]]:
    """`ancestors` as in CSP. `frame_options` says the same to browsers older than frame-ancestors:
    DENY or SAMEORIGIN, or None where other sites may frame the page, which it cannot express.
    """
    headers = {
        "content-security-policy": f"{POLICY}; frame-ancestors {ancestors}",
        "cross-origin-resource-policy": resource_policy,
        **({"x-frame-options": frame_options} if frame_options else {}),
        **ALWAYS,
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]
