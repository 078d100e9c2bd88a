"""What Prometheus is told: numbers of the whole service, read from its rows when it asks, and counts of this process.

No label names a user, a session or a machine: what is measured here may lie about in other hands. Rows give the same
numbers whichever web process is asked; requests and streams are those of the process that answers.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, Response, g, request, request_finished, request_started
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.database import Database
from webfoot.web.models.base import now
from webfoot.web.models.notice import HEARD, AlertNotice, WorkerRow
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Of the latency [s]; 0.2 s is what 99 of 100 requests have to keep."""
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
"""Counted by name; a client may make up others."""


class ServiceCollector(Collector):
    """Numbers of the service, read when they are asked for."""

    def __init__(self, database: Database, count_streams: Callable[[], int]):
        self.database, self.count_streams = database, count_streams

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that no row is read when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All numbers, of one moment."""
        with self.database.reading() as session:
            metrics = [*_sessions(session), *_workers(session), *_alerts(session)]
        yield from metrics
        yield _gauge("webfoot_streams", "Live streams of this process that are open.", self.count_streams())


def _sessions(session: Session) -> Iterator[Metric]:
    counted = select(TrainingSession.state, func.count()).group_by(TrainingSession.state)
    numbers = {state: count for state, count in session.execute(counted)}
    family = GaugeMetricFamily("webfoot_sessions", "Training sessions by state.", labels=["state"])
    for state in State:
        family.add_metric([state], numbers.get(state, 0))
    yield family
    yield _gauge("webfoot_queue_length", "Sessions that wait for a worker.", numbers.get(State.QUEUED, 0))
    running = TrainingSession.state == State.RUNNING
    speed = session.scalar(select(func.sum(TrainingSession.steps_per_s)).where(running)) or 0.0
    yield _gauge("webfoot_steps_per_second", "Control steps of all robots that are trained now, each second.", speed)


def _workers(session: Session) -> Iterator[Metric]:
    workers = session.scalars(select(WorkerRow).where(WorkerRow.seen_at > now() - HEARD)).all()
    yield _gauge("webfoot_workers", "Workers that were heard of within five minutes.", len(workers))
    places = sum(worker.concurrency for worker in workers)
    yield _gauge("webfoot_worker_places", "Trainings that all workers together can run.", places)
    silence = GaugeMetricFamily(
        "webfoot_worker_silence_seconds", "Time since a worker's last sign of life.", labels=["worker"]
    )
    for worker in workers:
        silence.add_metric([str(worker.id)], max(0.0, (now() - worker.seen_at).total_seconds()))
    yield silence


def _alerts(session: Session) -> Iterator[Metric]:
    counted = select(AlertNotice.rule, func.count(), func.count().filter(AlertNotice.cleared_at.is_(None))).group_by(
        AlertNotice.rule
    )
    numbers = {rule: (told, standing) for rule, told, standing in session.execute(counted)}
    told = GaugeMetricFamily("webfoot_alerts", "Alerts that are kept, by rule.", labels=["rule"])
    standing = GaugeMetricFamily("webfoot_alerts_standing", "Alerts that have not ended, by rule.", labels=["rule"])
    for name, rule in ALERT_RULES.items():
        counts = numbers.get(name, (0, 0))
        told.add_metric([name], counts[0])
        if not rule.once:
            standing.add_metric([name], counts[1])
    yield told
    yield standing


def _gauge(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help, value=value)


class Metrics:
    """The numbers of one application."""

    def __init__(self, app: Flask, database: Database, count_streams: Callable[[], int]):
        self.registry = CollectorRegistry()
        self.registry.register(ServiceCollector(database, count_streams))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "webfoot_http_requests", "Requests.", ["endpoint", "method", "status"], registry=self.registry
        )
        self._latency = Histogram(
            "webfoot_http_request_seconds",
            "Time to the answer; of a stream, to its beginning.",
            ["endpoint"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        # Signals, since these come before the gate, whose refusals count too.
        request_started.connect(self._begin, app)
        request_finished.connect(self._end, app)

    def document(self) -> tuple[bytes, str]:
        """What Prometheus reads, and its type."""
        return generate_latest(self.registry), "text/plain; version=0.0.4; charset=utf-8"

    def _begin(self, _: Flask, **_given: Any) -> None:
        g.began_s = time.perf_counter()

    def _end(self, _: Flask, response: Response, **_given: Any) -> None:
        endpoint = request.endpoint or "none"  # unknown addresses are one: there is no end of them
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(endpoint, method, str(response.status_code)).inc()
        if "began_s" in g:
            self._latency.labels(endpoint).observe(time.perf_counter() - g.began_s)
