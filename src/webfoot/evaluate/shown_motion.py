"""`shown_motion`: a reference motion on a robot, to be looked at."""

import numpy as np

from webfoot.errors import MotionError
from webfoot.evaluate.replay_document import Poses, Shown
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import refusal, subject_of
from webfoot.motion.repeat import walked_on
from webfoot.motion.subject import Subject
from webfoot.motion.traces import trace
from webfoot.robots.spec import Robot

LENGTH_S = 10.0
"""A cycle is walked for about so long."""


def shown_motion(robot: Robot, motion: Motion) -> Shown:
    """A clip as prepared for the robot; one that is refused as it was read.

    Raises:
        MotionError: it cannot be put on the robot at all.
    """
    subject = subject_of(motion, robot)
    if subject.prepared is not None and refusal(subject) is None:
        return _walk(robot, subject.prepared)
    if subject.mapped is None:
        raise MotionError(subject.failure)
    return Shown(f"{motion.name} as it was read", motion.fps, _as_read(subject, subject.mapped))


def _walk(robot: Robot, prepared: Motion) -> Shown:
    """Whole cycles, one at least; `LENGTH_S` of them where they are shorter."""
    cycles = max(1, int(LENGTH_S / prepared.duration_s + 1e-6))
    walk = walked_on(prepared, cycles)
    assert walk.root_pos is not None and walk.root_quat is not None and walk.command is not None
    contact = np.tile(trace(prepared, robot).contact, (cycles, 1))
    poses = Poses(walk.root_pos, walk.root_quat, walk.joint_pos, contact)
    return Shown(f"{walk.name} on {robot.name}", walk.fps, poses, command=np.tile(walk.command, (walk.num_frames, 1)))


def _as_read(subject: Subject, mapped: Motion) -> Poses:
    """The base where the clip has it; where it does not say, as the standing feet imply it."""
    traces, stance = subject.traces, subject.stance
    assert traces is not None
    if mapped.root_pos is not None and mapped.root_quat is not None:
        return Poses(mapped.root_pos, mapped.root_quat, mapped.joint_pos, traces.contact)
    if stance is not None:
        return Poses(stance.root_pos, stance.root_quat, mapped.joint_pos, stance.contact)
    still = np.tile([0.0, 0.0, subject.robot.base_height], (mapped.num_frames, 1))
    return Poses(still, np.tile([1.0, 0.0, 0.0, 0.0], (mapped.num_frames, 1)), mapped.joint_pos, traces.contact)
