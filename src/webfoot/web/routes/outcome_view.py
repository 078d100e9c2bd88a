"""`outcome_view`: what the parts of a page of results are drawn from, for users and for who has a link alike."""

from typing import Any

from webfoot.config import TrainConfig
from webfoot.errors import ConfigError
from webfoot.web.context import service
from webfoot.web.models.training import TrainingSession
from webfoot.web.results.configuration import config_of
from webfoot.web.results.ending import ending_of
from webfoot.web.results.outcome import outcome_of
from webfoot.web.results.readme import PYTHON, command_of
from webfoot.web.results.report import read_report
from webfoot.web.routes.addresses import Addresses
from webfoot.web.services.monitor import TrainingMonitor


def outcome_view(row: TrainingSession, addresses: Addresses) -> dict[str, Any]:
    """Values for `training/_outcome.html`: a verdict, or how it ended without one; none while it goes on."""
    folder = TrainingMonitor(service().session, service().settings).folder(row)
    report = read_report(folder)
    return {
        "session": row,
        "addresses": addresses,
        "outcome": None if report is None else outcome_of(report, _config(row)),
        "ending": ending_of(row, folder) if report is None and row.status.is_finished else None,
        "python": PYTHON,
        "command": command_of(row),
    }


def _config(row: TrainingSession) -> TrainConfig:
    """The options of a session; those that another version of webfoot has are not known here."""
    try:
        return config_of(row, service().settings)
    except ConfigError:
        return TrainConfig()
