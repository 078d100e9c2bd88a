"""Validation: roll the ONNX file out as a robot would run it, judge, and write the proof."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from webfoot.evaluate.criteria import PassCriteria, judge, judge_runtime
from webfoot.evaluate.disturbed import disturbed_checks, undisturbed
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.metrics import measure, measure_reference
from webfoot.evaluate.page import write_html
from webfoot.evaluate.recorded import recorded_answers, recorded_observations
from webfoot.evaluate.report import TrainingSummary, ValidationReport, write_json
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.scene import robot_scene
from webfoot.evaluate.store import save_episodes
from webfoot.export.check import check_policy
from webfoot.export.contract import Limit
from webfoot.export.fit import fit_checks
from webfoot.export.latency import measure_latency
from webfoot.export.write import write_limits
from webfoot.robots.spec import Robot
from webfoot.runs import Run
from webfoot_runtime.policy import OnnxPolicy


@dataclass(frozen=True)
class Judged:
    """A verdict and the episodes it rests on."""

    report: ValidationReport
    episodes: Episodes


def validate_episodes(
    policy_file: Path,
    stage: Stage,
    rollout: RolloutConfig,
    criteria: PassCriteria,
    parity: float | None = None,
    training: TrainingSummary | None = None,
    recorded: Episodes | None = None,
) -> Judged:
    """Judge a policy file: the file itself, its walk from standing starts, its speed.

    Args:
        parity: largest difference between ONNX and torch, known where the policy was just exported; else the
            difference from the golden vectors stands for it.
        recorded: episodes of an earlier validation, held against what the contract says now; else the new ones.
    """
    policy = OnnxPolicy(policy_file)
    file_checks = check_policy(policy_file)
    episodes = roll_out(policy, stage, undisturbed(rollout))
    latency = measure_latency(policy_file, stage.sim.control_dt)
    agreement = policy.verify_golden() if parity is None else parity
    checks = (
        *judge(episodes, criteria),
        *disturbed_checks(policy, stage, rollout, criteria),
        *judge_runtime(agreement, latency.p99_us, stage.sim.control_dt, criteria),
        *file_checks,
        *fit_checks(policy.contract_text, stage.robot, stage.reference.period_s),
        recorded_observations(policy.layout, recorded or episodes),
        recorded_answers(policy, recorded or episodes),
    )
    report = ValidationReport(
        checks=checks,
        metrics=measure(episodes, stage.robot),
        reference=measure_reference(episodes),
        latency_us={"p50": latency.p50_us, "p95": latency.p95_us, "p99": latency.p99_us},
        parity=parity,
        training=training,
        seeds=(rollout.seed,),
        conditions=rollout.conditions.ranges(),
        policy=str(policy.contract["name"]),
        robot=stage.robot.name,
        motion=_listed(stage.reference.names),
        latency_samples_us=tuple(float(x) for x in np.asarray(latency.samples_us)),
    )
    return Judged(report, episodes)


def write_report(run: Run, judged: Judged, robot: Robot) -> None:
    """Write report.json, report.html and rollout.npz, and put what was reached into the policy's contract."""
    reached = {c.name: Limit(limit=c.limit, reached=_finite(c.value), unit=c.unit) for c in judged.report.checks}
    write_limits(run.policy_file, reached)
    write_json(judged.report, run.report_file)
    write_html(judged.report, judged.episodes, run.report_page, robot_scene(robot))
    save_episodes(judged.episodes, run.rollout_file)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
