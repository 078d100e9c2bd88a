"""`BLUEPRINTS`: every group of routes and where it lies."""

from apiflask import APIBlueprint

from webfoot.web.routes import operations, sessions, training

BLUEPRINTS: list[tuple[APIBlueprint, str]] = [
    (training.bp, "/training"),
    (training.bp, "/api/v1/training"),
    (sessions.bp, "/api/v1/sessions"),
    (operations.bp, ""),
]
