"""The headers that every response carries, whatever it is (THREAT_MODEL: what a page may do in a browser)."""

from collections.abc import Mapping

from flask import Flask, Response

from portal import assets

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


def headers(import_map_hash: str) -> Mapping[str, str]:
    """Return name and value of each header; ``import_map_hash`` is the only inline script that may run."""
    return {
        "Content-Security-Policy": "; ".join(
            (
                "default-src 'none'",
                f"script-src 'self' '{import_map_hash}'",
                "style-src 'self'",
                "connect-src 'self'",
                "img-src 'self'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            )
        ),
        "Integrity-Policy": "blocked-destinations=(script)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        "Cache-Control": "no-store",
    }


def init_app(app: Flask) -> None:
    """Put the headers on every response of ``app``, errors included."""
    always = headers(assets.load().import_map_hash)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(always)
        return response
