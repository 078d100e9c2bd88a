"""`replay`: a robot's log held against the policy that is said to have led it, and against itself."""

from dataclasses import dataclass

import numpy as np

from webfoot_runtime.diagnose import Answers, Finding, diagnose, diagnose_answers
from webfoot_runtime.exercise import NAME as EXERCISE
from webfoot_runtime.expected import expected_observations
from webfoot_runtime.gravity import misreadings
from webfoot_runtime.log_read import RobotLog
from webfoot_runtime.plausible import implausible
from webfoot_runtime.policy import GOLDEN_TOLERANCE, OnnxPolicy

MOST_ANSWERS = 1000
"""Control steps whose answers are compared."""


@dataclass(frozen=True)
class Replayed:
    """What a log shows."""

    steps: int
    walked_steps: int
    golden_error: float
    """How far this machine is off the golden vectors."""
    answer_error: float
    """Largest difference between what the policy answers to the logged observations and what it answered then; NaN
    where it did not lead."""
    observations: tuple[Finding, ...]
    """Stretches of the observation that are not what the contract makes of the logged sensors."""
    answers: tuple[Finding, ...]
    sensors: tuple[Finding, ...]
    """What cannot be right about the sensors themselves."""

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong."""
        fine = self.golden_error <= GOLDEN_TOLERANCE and not self.answer_error > GOLDEN_TOLERANCE
        return fine and not (self.observations or self.answers or self.sensors)


def replay(policy: OnnxPolicy, log: RobotLog) -> Replayed:
    """Hold a log against a policy's contract, golden vectors and graph, and its sensors against each other.

    Every walk is looked at until something is wrong with one.
    """
    walks = [walk for walk in map(lambda walk: _finite(log, walk), log.walks()) if walk.stop > walk.start]
    observed: tuple[Finding, ...] = ()
    for walk in walks:
        observed = _observations(policy, log, walk)
        if observed:
            break
    error, answers = float("nan"), ()
    if walks and log.policy != EXERCISE:
        error, answers = _answers(policy, log, walks[0])
    return Replayed(
        steps=log.num_steps,
        walked_steps=sum(walk.stop - walk.start for walk in walks),
        golden_error=policy.verify_golden(),
        answer_error=error,
        observations=observed,
        answers=answers,
        sensors=implausible(log, policy.layout),
    )


def _finite(log: RobotLog, walk: slice) -> slice:
    """The walk until something of it is not known."""
    names = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "command", "action")
    known = np.logical_and.reduce([np.isfinite(log.rows[name][walk]).all(axis=1) for name in names])
    return walk if known.all() else slice(walk.start, walk.start + int(known.argmin()))


def _observations(policy: OnnxPolicy, log: RobotLog, walk: slice) -> tuple[Finding, ...]:
    begun = log.rows["walk_step"][walk.start] == 0
    memory = None if begun else log.memory
    expected = expected_observations(policy.layout, log.recording(walk), memory)[:, 0]
    suspects = misreadings(log.rows["quat"][walk]) if "quat" in log.rows else ()
    return diagnose(log.rows["observation"][walk], expected, policy.layout, suspects)


def _answers(policy: OnnxPolicy, log: RobotLog, walk: slice) -> tuple[float, tuple[Finding, ...]]:
    rows = slice(walk.start, min(walk.stop, walk.start + MOST_ANSWERS))
    observation, action, target = (
        log.rows[name][rows].astype(np.float32) for name in ("observation", "action", "joint_pos_target")
    )
    said = policy.run(observation)
    if not np.isfinite(target).all():
        target = said[1]  # it was not logged
    error = max(float(np.abs(said[0] - action).max()), float(np.abs(said[1] - target).max()))
    if error <= GOLDEN_TOLERANCE:
        return error, ()
    return error, diagnose_answers(policy.run, policy.layout, Answers(observation, action, target))
