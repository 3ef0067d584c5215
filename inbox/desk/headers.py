"""Limit what pages can do in the browser: show themselves, send forms and run the desk's only script."""

from flask import Flask, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_OFF = ("camera", "display-capture", "geolocation", "microphone", "clipboard-read", "local-fonts", "usb")
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Integrity-Policy": "blocked-destinations=(script)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _OFF),
    "Cache-Control": "no-store",
}


def init_app(app: Flask) -> None:
    """Set the headers on every answer of ``app``, including errors."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(ALWAYS)
        return response
