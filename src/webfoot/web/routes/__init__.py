"""`BLUEPRINTS`: every group of routes and where it lies."""

from apiflask import APIBlueprint

from webfoot.web.routes import (
    accounts,
    alerts,
    boards,
    links,
    live,
    motions,
    objects,
    operations,
    pages,
    prometheus,
    robots,
    sessions,
    sharing,
    training,
    users,
)

BLUEPRINTS: list[tuple[APIBlueprint, str]] = [
    (pages.bp, ""),
    (training.bp, "/training"),
    (training.bp, "/api/v1/training"),
    (sessions.bp, "/api/v1/sessions"),
    (live.bp, "/api/v1"),
    (objects.bp, "/api/v1"),
    (motions.bp, "/api/v1/motions"),
    (robots.bp, "/api/v1/robots"),
    (alerts.bp, "/api/v1/alerts"),
    (boards.bp, "/tensorboard"),
    (accounts.bp, ""),
    (users.bp, "/api/v1"),
    (sharing.bp, "/api/v1"),
    (links.bp, ""),
    (prometheus.bp, ""),
    (operations.bp, ""),
]
