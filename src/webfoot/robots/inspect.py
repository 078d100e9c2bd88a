"""`inspect_robot`: what is suspicious about a robot, and what would mend it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import mujoco
import numpy as np

from webfoot.counted import counted
from webfoot.robots.mirror import mirrored_name
from webfoot.robots.spec import Robot
from webfoot.robots.stand import StandTest
from webfoot.robots.standing import SOLVER_ITERATIONS, TIMESTEP_S, hold_standing

STAND_S = 5.0
SETTLE_S = 1.0
"""A rollout begins with this time in the standing pose; a robot that falls sooner cannot begin."""
LEAST_MASS_KG, MOST_MASS_KG = 0.001, 500.0
MOST_SPREAD_RAD = 4 * np.pi
MOST_PHASE = 0.6
"""Natural frequency of a servo times the time step above which it is stepped badly; Euler breaks down at 2."""
SAME_SHARE = 0.05
"""Masses and limits of left and right that differ by more are no accident of rounding."""


@dataclass(frozen=True)
class RobotFinding:
    """One thing that inspection noticed."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    cure: str


@dataclass(frozen=True)
class RobotReport:
    """A robot looked at."""

    robot: Robot
    stand: StandTest
    findings: tuple[RobotFinding, ...]
    """Worst first."""

    @property
    def usable(self) -> bool:
        """Whether a policy can be trained on it: no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Stand test and findings as plain JSON."""
        return {
            "usable": self.usable,
            "stand_test": asdict(self.stand),
            "findings": [asdict(finding) for finding in self.findings],
        }


@dataclass(frozen=True)
class Subject:
    """What the checks look at."""

    robot: Robot
    stand: StandTest


def inspect_robot(robot: Robot) -> RobotReport:
    """Hold the robot in its standing pose for five seconds, and look at what is odd about it."""
    stand = hold_standing(robot.model, robot.model.body(robot.base_body).id, robot.torque_limit, robot.kd, STAND_S)
    subject = Subject(robot, stand)
    found = [finding for check in CHECKS.values() for finding in check(subject)]
    order = {"error": 0, "warning": 1, "info": 2}
    return RobotReport(robot, stand, tuple(sorted(found, key=lambda finding: order[finding.severity])))


def falls(subject: Subject) -> Iterator[RobotFinding]:
    """Whether the servos keep the robot up."""
    stand = subject.stand
    if stand.fell:
        yield RobotFinding(
            "falls",
            "error" if stand.stood_s < SETTLE_S else "warning",
            f"falls after {stand.stood_s:.1f} s while its servos hold the standing pose",
            "give a pose that stands: a keyframe 'home', or 'pose' in robot.yaml; or stronger servos: 'torque', 'kp'; "
            "or a base whose x is forward, y left and z up",
        )
    elif stand.speed_rads > 1.0:
        yield RobotFinding(
            "trembles",
            "warning",
            f"does not come to rest: a joint still turns at {stand.speed_rads:.1f} rad/s after {STAND_S:.0f} s",
            "more damping: 'kd' in robot.yaml, or softer servos: 'kp'",
        )


def weak_servos(subject: Subject) -> Iterator[RobotFinding]:
    """Whether standing takes most of a servo."""
    stand = subject.stand
    if not stand.fell and stand.load > 0.7:
        yield RobotFinding(
            "weak_servo",
            "warning",
            f"standing takes {100 * stand.load:.0f} % of the torque of servo '{stand.worst_servo}'",
            "a straighter pose ('pose' in robot.yaml), or the right torque limit ('torque')",
        )
    elif not stand.fell and stand.sag_rad > 0.12:
        yield RobotFinding(
            "soft_servo",
            "warning",
            f"a servo sags by {stand.sag_rad:.2f} rad under the robot's own weight",
            "stiffer servos: 'kp' in robot.yaml",
        )


def lies_down(subject: Subject) -> Iterator[RobotFinding]:
    """Whether something but the feet carries the robot."""
    feet = {foot.body for foot in subject.robot.feet}
    others = [body for body in subject.stand.touching if body not in feet]
    if others and not subject.stand.fell:
        yield RobotFinding(
            "other_contact",
            "error" if subject.robot.base_body in others else "warning",
            f"touches the floor with {', '.join(others[:4])} while it stands",
            "name the feet under 'feet' in robot.yaml, or give a pose in which only they touch ('pose')",
        )
    if not set(subject.stand.touching) & feet and not subject.stand.fell:
        yield RobotFinding(
            "no_contact", "error", "none of its feet touches the floor", "name the feet under 'feet' in robot.yaml"
        )


def home_in_floor(subject: Subject) -> Iterator[RobotFinding]:
    """Whether the file's own keyframe starts inside the floor or high above it."""
    given = subject.robot.completed.keyframe_height
    if given is None:
        return
    gap = given - subject.robot.base_height
    if gap < -0.003:
        yield RobotFinding(
            "home_in_floor",
            "info",
            f"the file's home keyframe starts {-1000 * gap:.0f} mm inside the floor",
            "nothing: robots are put on top of the floor; in the file, raise the keyframe",
        )


def masses(subject: Subject) -> Iterator[RobotFinding]:
    """Absurd masses."""
    robot = subject.robot
    if not LEAST_MASS_KG * 10 <= robot.mass_kg <= MOST_MASS_KG:
        yield RobotFinding(
            "mass",
            "error",
            f"weighs {robot.mass_kg:.4g} kg",
            "masses are in kg and lengths in m; mend the inertials, or the density of the geoms",
        )
    light = [
        robot.model.body(b).name
        for b in _own_bodies(robot)
        if robot.model.body_jntnum[b] and robot.model.body_subtreemass[b] < LEAST_MASS_KG
    ]
    if light:
        yield RobotFinding(
            "light_link",
            "warning",
            f"{len(light)} links that joints move weigh less than a gram ({', '.join(light[:3])})",
            "give them an inertial; links without mass make the simulation stiff",
        )


def limits(subject: Subject) -> Iterator[RobotFinding]:
    """Missing or absurd joint limits."""
    robot = subject.robot
    missing = [name for name in robot.joint_names if not robot.model.jnt_limited[robot.model.joint(name).id]]
    if missing:
        yield RobotFinding(
            "no_range",
            "warning",
            f"{len(missing)} joints have no range ({', '.join(missing[:3])})",
            "give each <joint> its range; a policy may ask for every angle within it",
        )
    wide = [
        n
        for n, low, high in zip(robot.joint_names, robot.lower, robot.upper, strict=True)
        if high - low > MOST_SPREAD_RAD
    ]
    if wide:
        yield RobotFinding(
            "wide_range",
            "warning",
            f"the range of {', '.join(wide[:3])} is more than two turns",
            "are the limits in degrees? <compiler angle='degree'/> or 'radian' says which",
        )


def gains(subject: Subject) -> Iterator[RobotFinding]:
    """Servos too stiff for the time step."""
    robot = subject.robot
    inertia = _joint_inertia(robot)
    phase = np.sqrt(robot.kp / np.maximum(inertia, 1e-9)) * TIMESTEP_S
    worst = int(phase.argmax())
    if phase[worst] > MOST_PHASE:
        hz = phase[worst] / TIMESTEP_S / (2 * np.pi)
        yield RobotFinding(
            "stiff_servo",
            "warning",
            f"servo '{robot.joint_names[worst]}' swings at {hz:.0f} Hz, too fast for {1000 * TIMESTEP_S:.0f} ms steps",
            "give the joint its rotor inertia ('armature' in robot.yaml), a lower 'kp', or a higher --sim.physics-hz",
        )


def solver(subject: Subject) -> Iterator[RobotFinding]:
    """A contact solver that stops before it is done."""
    option = subject.robot.model.opt
    if option.iterations < 4:
        implicit = " with implicitfast" if option.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST else ""
        yield RobotFinding(
            "solver",
            "info",
            f"the file asks for {counted(option.iterations, 'solver iteration')}{implicit}, too few to converge",
            f"nothing: {SOLVER_ITERATIONS} are used in training (--sim.solver-iterations)",
        )


def asymmetric(subject: Subject) -> Iterator[RobotFinding]:
    """Left and right links of different mass, left and right joints of different limits."""
    robot = subject.robot
    bodies = [robot.model.body(b).name for b in _own_bodies(robot)]
    mass = dict(zip(bodies, robot.model.body_mass[_own_bodies(robot)], strict=True))
    for body in bodies:
        other = mirrored_name(body, tuple(bodies))
        if other is None or other < body:
            continue
        if abs(mass[body] - mass[other]) > SAME_SHARE * max(mass[body], mass[other]):
            yield RobotFinding(
                "asymmetric_mass",
                "warning",
                f"'{body}' weighs {mass[body]:.3g} kg, '{other}' {mass[other]:.3g} kg",
                "give both sides the same inertial, unless the robot is built so",
            )
            return


def no_mirror(subject: Subject) -> Iterator[RobotFinding]:
    """Whether left and right are known."""
    robot = subject.robot
    if robot.mirror is None:
        yield RobotFinding(
            "no_mirror",
            "warning",
            next((note for note in robot.notes if "mirror" in note), "no left-right mirror map"),
            "is x forward and y left in the base frame? Without a map the robot trains, only not symmetrically",
        )
        return
    partner, sign = robot.mirror.permutation, robot.mirror.sign
    low = np.where(sign > 0, robot.lower[partner], -robot.upper[partner])
    odd = [n for n, a, b in zip(robot.joint_names, robot.lower, low, strict=True) if abs(a - b) > 0.05]
    if odd:
        yield RobotFinding(
            "asymmetric_limits",
            "info",
            f"left and right limits differ: {', '.join(odd[:4])}",
            "give both sides mirrored ranges, unless the robot is built so",
        )


Check = Callable[[Subject], Iterator[RobotFinding]]
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        falls,
        weak_servos,
        lies_down,
        home_in_floor,
        masses,
        limits,
        gains,
        solver,
        asymmetric,
        no_mirror,
    )
}
"""Every check by name. A new one is one function and one line here."""


def _own_bodies(robot: Robot) -> list[int]:
    root = robot.model.body(robot.base_body).id
    return [b for b in range(1, robot.model.nbody) if robot.model.body_rootid[b] == root]


def _joint_inertia(robot: Robot) -> np.ndarray:
    """Inertia that each servo feels in the standing pose with the base held [kg m^2], shape (nu,)."""
    data = mujoco.MjData(robot.model)
    mujoco.mj_resetDataKeyframe(robot.model, data, 0)
    mujoco.mj_forward(robot.model, data)
    full = np.zeros((robot.model.nv, robot.model.nv))
    mujoco.mj_fullM(robot.model, data, full)
    dofs = [int(robot.model.joint(name).dofadr[0]) for name in robot.joint_names]
    return full[dofs, dofs]
