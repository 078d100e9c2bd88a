"""`estimate`: what a training would take, before anything is spent."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webfoot.config import TrainConfig
from webfoot.learn.method import laid_over
from webfoot.recipes import PLANS
from webfoot.web.fields import values_of
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.schemas.training import StartRequest
from webfoot.web.services.quota import OverQuota, check_session, usage
from webfoot.web.services.sessions import config_for, robot_hours
from webfoot.web.services.sources import find_motion, find_robot
from webfoot.web.services.throughput import Pace, pace
from webfoot.web.settings import Settings
from webfoot.web.states import State

DECIDING = (("method",), ("preset",), ("randomize", "preset"), ("rollout", "conditions", "preset"))
"""Options that decide what others are where those are not given, and the parts in which they lie."""


def estimate(session: Session, user: User, settings: Settings, asked: StartRequest) -> dict[str, Any]:
    """What the training of a request would take; nothing is changed.

    Raises:
        WebfootError: an unknown motion or robot, or an option out of its range.
    """
    body = find_robot(session, user, asked.robot)
    motion = find_motion(session, user, asked.reference_motion, body)
    own = asked.own_options()
    configs = {plan: config_for(motion, laid_over(PLANS[plan].options, own)) for plan in PLANS}
    config = configs[asked.plan]
    speed = pace(session, body.reference, config.device)
    longest_s = 60 * min(asked.timeout_minutes or settings.timeout_minutes, settings.timeout_minutes)
    plans = {plan: _taken(one, speed, longest_s, motion.clips) for plan, one in configs.items()}
    quota, taken = user.quota_over(settings.quota), usage(session, user.id)
    usual = config_for(motion, laid_over(PLANS[asked.plan].options, _deciding(own)))
    return plans[asked.plan] | {
        "robot_hours_left": max(0.0, quota.robot_hours - taken.robot_hours),
        "robot_hours_quota": quota.robot_hours,
        "measured_on": speed.sessions,
        "ahead": _ahead(session, asked.priority),
        "running": session.scalar(select(func.count()).where(TrainingSession.state == State.RUNNING)) or 0,
        "refusal": _refusal(session, user, settings, plans[asked.plan]["robot_hours"]),
        "clips": motion.clips,
        "options": values_of(config),
        "usual": values_of(usual),
        "plans": plans,
    }


def _taken(config: TrainConfig, speed: Pace, longest_s: float, clips: int) -> dict[str, Any]:
    """Robot hours and seconds of one training.

    One that may stop early is likely to take what others took until they passed, and at most all of its epochs. A
    library or an adversary passes late, if at all.
    """
    hours = robot_hours(config)
    is_early = config.stop_when_passed and clips == 1 and config.method != "amp"
    least, likely = (min(hours, part) for part in speed.hours_to_pass) if is_early else (hours, hours)
    most_s = min(longest_s, 60 * config.max_minutes) if config.max_minutes else longest_s
    slow, usual, fast = speed.steps_per_s
    pairs = {"low": (least, fast), "likely": (likely, usual), "high": (hours, slow)}
    seconds = {
        name: min(most_s, 3600 * part * config.sim.control_hz / rate) + speed.overhead_s
        for name, (part, rate) in pairs.items()
    }
    return {"robot_hours": hours, "seconds": seconds}


def _deciding(own: dict[str, Any]) -> dict[str, Any]:
    """Of options that are given, those that decide what others are."""
    kept: dict[str, Any] = {}
    for path in DECIDING:
        value: Any = own
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            for name in reversed(path):
                value = {name: value}
            kept = laid_over(kept, value)
    return kept


def _ahead(session: Session, priority: int) -> int:
    sooner = TrainingSession.state == State.QUEUED, TrainingSession.priority >= priority
    return session.scalar(select(func.count()).where(*sooner)) or 0


def _refusal(session: Session, user: User, settings: Settings, hours: float) -> str | None:
    try:
        check_session(session, user.id, settings.quota, hours)
    except OverQuota as error:
        return str(error)
    return None
