"""`create_app`: the service, put together from settings."""

from pathlib import Path
from typing import Any, cast

from apiflask import APIFlask, HTTPError
from flask import Flask
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import Security
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from webfoot import __version__
from webfoot.errors import WebfootError
from webfoot.web import failures
from webfoot.web.context import Service
from webfoot.web.database import Database
from webfoot.web.entries import offer_entries
from webfoot.web.gate import Gate
from webfoot.web.headers import set_headers
from webfoot.web.hosts import check_host
from webfoot.web.intake import IdConverter, StrictJson, check_texts, limit_body
from webfoot.web.logins import SECURITY, Addresses, Passwords, Users, listen
from webfoot.web.migrate import migrate
from webfoot.web.models.user import Role, User
from webfoot.web.openapi import describe
from webfoot.web.routes import BLUEPRINTS
from webfoot.web.settings import Settings
from webfoot.web.tasks import make_celery


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The service; its database is brought up to date first."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = database or Database(settings.database)
    migrate(database)
    app = APIFlask(
        "webfoot.web",
        title="webfoot",
        version=__version__,
        root_path=str(Path(__file__).parent),
        spec_path=None,
        docs_path=None,
        json_errors=False,
    )
    app.json_provider_class = StrictJson  # Flask-Security lays its own over it
    app.json = StrictJson(app)
    app.url_map.converters["int"] = IdConverter
    app.config.update(
        SECRET_KEY=settings.secret(),
        SECURITY_PASSWORD_SALT=settings.secret()[:32],
        MAX_CONTENT_LENGTH=settings.most_upload_mb * 1_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate checks it: requests with a token need none
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_STORAGE_URI=settings.limiter_url,
        RATELIMIT_HEADERS_ENABLED=True,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        **SECURITY,
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    app.teardown_appcontext(database.close_session)
    Compress(app)
    app.after_request(set_headers)  # the first that is given is the last that is asked
    Service(settings, database, make_celery(settings)).attach(app)
    _guard(app, database, settings)
    offer_entries(app)
    for blueprint, prefix in BLUEPRINTS:
        name = f"{blueprint.name}_v1" if blueprint.name in app.blueprints else blueprint.name
        app.register_blueprint(blueprint, url_prefix=prefix, name=name)
    describe(app)
    _answer_failures(app)
    return app


def _guard(app: Flask, database: Database, settings: Settings) -> None:
    """What a request passes before its view, in this order."""
    csrf = CSRFProtect(app)
    gate = Gate(database, csrf)
    app.before_request(check_host(settings))
    app.before_request(limit_body)
    app.before_request(gate.identify)
    security = Security(app, Users(database, User, Role), mail_util_cls=Addresses, password_util_cls=Passwords)
    security.login_manager.request_loader(gate.user_of_request)
    listen(app)
    _limit(app, settings)
    app.before_request(gate.check)
    app.before_request(check_texts)


def _limit(app: Flask, settings: Settings) -> None:
    def who() -> str:
        return f"user {current_user.id}" if current_user.is_authenticated else get_remote_address()

    limiter = Limiter(
        who,
        app=app,
        default_limits=[settings.rate_limit],
        in_memory_fallback_enabled=True,  # where the counts lie elsewhere and that is away, this process counts
    )
    for endpoint in ("security.login", "security.change_password"):
        view = app.view_functions[endpoint]
        limited = limiter.limit(settings.login_limit, key_func=get_remote_address, methods=["POST"])
        app.view_functions[endpoint] = cast(Any, limited(view))


def _answer_failures(app: Flask) -> None:
    app.register_error_handler(WebfootError, failures.on_mistake)
    app.register_error_handler(CSRFError, failures.on_csrf)
    app.register_error_handler(HTTPException, failures.on_http)
    app.register_error_handler(HTTPError, failures.on_invalid)
    app.register_error_handler(IntegrityError, failures.on_conflict)
    app.register_error_handler(DBAPIError, failures.on_database)
    app.register_error_handler(Exception, failures.on_fault)
