"""The Flask application of a tenant: the API, health, and what every answer carries."""

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from engine.api import asking
from engine.api.access_log import log_requests
from engine.api.health import health
from engine.api.problems import register_problems
from engine.api.routes import BASE, make_api
from engine.tenant import Tenant

LARGEST_BODY = 26 * 1024 * 1024
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def make_application(tenant: Tenant) -> Flask:
    """An application that serves a tenant's API. Screens add themselves to it."""
    app = Flask("pulse", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = 2_000
    app.url_map.strict_slashes = False
    app.url_map.converters["record_id"] = RecordId
    app.extensions["pulse"] = tenant
    register_problems(app)
    app.register_blueprint(health)
    app.register_blueprint(make_api())
    app.after_request(_harden)
    log_requests(app)
    proxies = tenant.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


class RecordId(BaseConverter):
    """What may stand in a path for a record. The names of calls beside records may not."""

    regex = "(?!(bulk|aggregate)$)[^/]+"


def is_api(path: str) -> bool:
    """Whether a path belongs to the API."""
    return path.startswith(f"{BASE}/")


def _harden(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = asking.request_id()
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return response
