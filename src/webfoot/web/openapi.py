"""The OpenAPI document: what is said once for all routes, beside what each says of itself."""

import re
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel, Field
from werkzeug.routing import AnyConverter

OPERATIONS = ("get", "post", "put", "patch", "delete")


class ErrorAnswer(BaseModel):
    """What went wrong."""

    error: str = Field(description="One sentence: what is wrong, where, and what would be right.")
    code: int = Field(description="HTTP status.")
    fields: dict[str, Any] | None = Field(default=None, description="What is wrong with which field.")


def describe(app: APIFlask) -> None:
    """Add the two ways to log in, and the one shape of errors."""
    app.config["HTTP_ERROR_SCHEMA"] = app.config["VALIDATION_ERROR_SCHEMA"] = ErrorAnswer.model_json_schema()
    app.security_schemes = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token, made in the account."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
    }
    choices = {}
    for rule in app.url_map.iter_rules():
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                choices[re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), name] = sorted(converter.items)
    app.spec_processor(lambda spec: _complete(spec, choices))


def _complete(spec: Any, choices: dict[tuple[str, str], list[str]]) -> Any:
    spec["security"] = [{"token": []}, {"cookie": []}]
    spec["components"].setdefault("schemas", {})["ErrorAnswer"] = ErrorAnswer.model_json_schema()
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
    for path, item in spec["paths"].items():
        for operation in [item[name] for name in OPERATIONS if name in item]:
            operation["responses"].setdefault("default", {"description": "What went wrong.", "content": shape})
            for parameter in operation.get("parameters", []):
                if (path, parameter["name"]) in choices:
                    parameter["schema"] = {"type": "string", "enum": choices[path, parameter["name"]]}
    return spec
