"""The standing pose of a completed model: its keyframe, `robot.yaml`, or a crouch that stands."""

import copy
from dataclasses import dataclass
from itertools import chain

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.robots.complete import Completed
from webfoot.robots.crouch import crouches
from webfoot.robots.feet import find_feet, lowest_sole
from webfoot.robots.pose import put_in_pose
from webfoot.robots.servos import Servos
from webfoot.robots.spec import Foot
from webfoot.robots.stand import StandTest, stand_test

TIMESTEP_S = 0.005
"""Physics of the stand test, as in training by default."""
SOLVER_ITERATIONS = 10
MOST_LOAD = 0.9
"""Share of its torque that a servo may need in a pose that is chosen here."""
QUICK_S = 2.0
GOOD = 2.0


@dataclass(frozen=True)
class Standing:
    """How a robot stands."""

    default_pos: NDArray[np.float64]
    feet: tuple[Foot, ...]
    base_height: float
    notes: tuple[str, ...]


def find_standing(completed: Completed, servos: Servos) -> Standing:
    """Settle the standing pose and the feet; the keyframe 'home' of the completed model is set to it.

    Without a keyframe, poses with bent legs are tried under the servos, the model's zero pose too; the first that
    stands without much load is taken.

    Raises:
        RobotError: no feet are found.
    """
    candidates, notes = [_first_pose(completed, servos)], list(completed.keyframe.notes if completed.keyframe else ())
    given = completed.keyframe is not None or any(j in completed.settings.pose for j in servos.joint_names)
    if given:
        unclipped, pose = candidates[0], _clip(candidates[0], servos)
        if not np.allclose(unclipped, pose):
            notes.append("the home keyframe lies outside joint limits; clipped to them")
        return _stand_in(completed, servos, pose, notes)
    zero = _clip(candidates[0], servos)
    standing = _stand_in(completed, servos, zero, [])
    limits = (servos.lower, servos.upper)
    base = completed.model.body(completed.base).id
    best, merit = zero, -np.inf
    for pose in chain(crouches(completed.model, base, servos.joint_names, standing.feet, zero, limits), [zero]):
        found = _merit(completed, servos, pose)
        if found > merit:
            best, merit = pose, found
        if merit >= GOOD:
            break
    if best is zero:
        notes.append("no keyframe; the model's zero pose is taken as the standing pose")
    else:
        notes.append(
            "no keyframe; a pose with bent legs that stands under its servos was found; 'pose' in robot.yaml settles it"
        )
    return _stand_in(completed, servos, best, notes)


def hold_standing(
    model: mujoco.MjModel, base: int, torque_limit: NDArray[np.float64], kd: NDArray[np.float64], seconds: float
) -> StandTest:
    """The stand test in the physics of training, on a copy of the model."""
    trial = copy.copy(model)
    trial.opt.timestep, trial.opt.iterations = TIMESTEP_S, SOLVER_ITERATIONS
    trial.opt.integrator = mujoco.mjtIntegrator.mjINT_EULER
    if (kd > 0).any():
        trial.opt.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    return stand_test(trial, base, torque_limit, seconds)


def _merit(completed: Completed, servos: Servos, pose: NDArray[np.float64]) -> float:
    """`GOOD` for a pose that stands lightly and still; less for others, the more the longer they stood."""
    _stand_in(completed, servos, pose, [])
    base = completed.model.body(completed.base).id
    test = hold_standing(completed.model, base, servos.torque_limit, servos.kd, QUICK_S)
    good = test.stands and test.load <= MOST_LOAD and test.tilt_deg < 10 and test.speed_rads < 0.5
    return GOOD if good else test.stood_s / QUICK_S - test.tilt_deg / 180


def _first_pose(completed: Completed, servos: Servos) -> NDArray[np.float64]:
    angles = completed.keyframe.angles if completed.keyframe else {}
    zero = {name: float(completed.model.qpos0[completed.model.joint(name).qposadr[0]]) for name in servos.joint_names}
    return np.array([completed.settings.pose.get(j, angles.get(j, zero[j])) for j in servos.joint_names])


def _clip(pose: NDArray[np.float64], servos: Servos) -> NDArray[np.float64]:
    return np.clip(pose, servos.lower, servos.upper)


def _stand_in(completed: Completed, servos: Servos, pose: NDArray[np.float64], notes: list[str]) -> Standing:
    """Put the model's keyframe into a pose, its soles on the floor."""
    model, base = completed.model, completed.model.body(completed.base).id
    data = mujoco.MjData(model)
    others = completed.keyframe.angles if completed.keyframe else {}
    angles = {**others, **completed.settings.pose, **dict(zip(servos.joint_names, pose.tolist(), strict=True))}
    put_in_pose(model, data, angles)
    feet = find_feet(model, data, base, servos.joint_names, completed.settings.feet, completed.path.name)
    height = float(data.xpos[base][2] - lowest_sole(model, data, feet))
    root = int(model.jnt_qposadr[model.body_jntadr[base]])
    data.qpos[root : root + 3] = (0.0, 0.0, height)
    key = completed.spec.keys[0]
    key.qpos, key.ctrl = data.qpos.tolist(), pose.tolist()
    model.key_qpos[0], model.key_ctrl[0] = data.qpos, pose
    return Standing(pose, feet, height, tuple(notes))
