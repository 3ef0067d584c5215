"""The headers of every response (THREAT_MODEL: what a page may do in a browser)."""

from collections.abc import Mapping

from flask import Flask, Response, request

_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)


POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "worker-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Integrity-Policy": "blocked-destinations=(script)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "Cache-Control": "no-store",
    # Browsers obey this header only over HTTPS, so the header does not affect the onion service.
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}


def init_app(app: Flask, onion: str) -> None:
    """Add the headers to every response of ``app``, errors included; name the onion service on pages."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(ALWAYS)
        if response.allow:
            # The methods come from a set, whose order differs between processes.
            response.headers["Allow"] = ", ".join(sorted(response.allow))
        if onion and (path := _page(response)):
            response.headers["Onion-Location"] = onion + path
        return response


def _page(response: Response) -> str | None:
    # Use the path of the rule, not of the request, because a header must not repeat what a visitor sends.
    rule = request.url_rule
    if rule is None or rule.arguments or response.mimetype != "text/html":
        return None
    return rule.rule
