"""`Watch`: follows a training's events; says once when a rule of health begins to complain, and once when it ends."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webfoot.learn.events import Alert, Evaluated, Event, Metrics
from webfoot.learn.ppo import PpoConfig
from webfoot.monitor.health import HEALTH_RULES
from webfoot.monitor.window import HISTORY, HealthConfig, Window


@dataclass(frozen=True)
class _Complaint:
    iteration: int
    message: str


class Watch:
    """Turns metrics and trials into alerts: each is raised at once, and cleared after a calm while."""

    def __init__(self, config: HealthConfig, ppo: PpoConfig):
        self.config, self.ppo = config, ppo
        self._rows: deque[Mapping[str, float]] = deque(maxlen=HISTORY)
        self._scores: list[float] = []
        self._raised: dict[str, _Complaint] = {}

    def __call__(self, event: Event) -> list[Alert]:
        """Take note of an event; the alerts that it brings about."""
        if isinstance(event, Metrics):
            self._rows.append(event.values)
        elif isinstance(event, Evaluated):
            self._scores.append(event.score)
        else:
            return []
        window = Window(tuple(self._rows), tuple(self._scores), self.config, self.ppo)
        alerts = (self._check(name, window, event.iteration) for name in HEALTH_RULES)
        return [alert for alert in alerts if alert is not None]

    def recall(self, told: Iterable[Mapping[str, Any]], iteration: int) -> None:
        """Go through what a run told before it was stopped, up to an iteration, so that nothing is said twice."""
        for event in told:
            if event["event"] == "metrics" and event["iteration"] <= iteration:
                values = {name: value for name, value in event["values"].items() if value is not None}
                self(Metrics(event["iteration"], values))
            elif event["event"] == "evaluated" and event["iteration"] <= iteration:
                self(Evaluated(event["iteration"], event["passed"], event["score"] or 0.0, {}))

    def _check(self, name: str, window: Window, iteration: int) -> Alert | None:
        rule, raised = HEALTH_RULES[name], self._raised.get(name)
        message = rule.check(window)
        if message is not None:
            self._raised[name] = _Complaint(iteration, message)
            return None if raised else Alert(iteration, name, rule.severity, message)
        if raised is None or iteration - raised.iteration < self.config.calm:
            return None
        del self._raised[name]
        return Alert(iteration, name, rule.severity, raised.message, cleared=True)
