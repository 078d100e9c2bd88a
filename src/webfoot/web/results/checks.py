"""`CHECKS`: what each check of a validation means to a person, and what to do where it fails."""

from dataclasses import dataclass
from enum import StrEnum

from webfoot.evaluate.metrics import SHOWN


class Cure(StrEnum):
    """What may help; `webfoot.web.results.cures` turns it into options of a clone."""

    LONGER = "longer"
    SPEED = "speed"
    HEADING = "heading"
    POSE = "pose"
    UPRIGHT = "upright"
    FEET = "feet"
    SMOOTH = "smooth"
    MIRROR = "mirror"
    SLOWER = "slower"
    SMALLER = "smaller"


@dataclass(frozen=True)
class About:
    """A check, for people."""

    meaning: str
    at_least: bool = False
    """Whether the value must be at least the limit; at most elsewhere."""
    cures: tuple[Cure, ...] = ()
    """The most promising first; none: a fault of the export, which training again mends or nothing does."""
    title: str = ""
    """Where the metric of this name has none."""


CHECKS: dict[str, About] = {
    "survival": About("Share of the validation's robots that were on their feet at the end.", True, (Cure.LONGER,)),
    "disturbed_survival": About(
        "The same while servos, sensors and ground differ and somebody pushes.",
        True,
        (Cure.LONGER,),
        "Episodes that never fell, disturbed",
    ),
    "speed_error": About(
        "How far the speed is from the one that was asked for, as a share of it.", False, (Cure.LONGER, Cure.SPEED)
    ),
    "sideways_error": About(
        "How much it walks across the direction that was asked for.", False, (Cure.LONGER, Cure.MIRROR)
    ),
    "standing_drift": About("How fast it wanders off when it should stand.", False, (Cure.LONGER,)),
    "turning_error": About(
        "How far the turning rate is from the one that was asked for.", False, (Cure.LONGER, Cure.HEADING)
    ),
    "standing_steps": About("How much it steps on the spot when it should stand.", False, (Cure.LONGER,)),
    "joint_rmse": About(
        "How far all joints are from the reference at the same moment of the gait.", False, (Cure.LONGER, Cure.POSE)
    ),
    "moving_joint_rmse": About(
        "The same for the joints that walk, so that a still head cannot flatter.", False, (Cure.LONGER, Cure.SLOWER)
    ),
    "yaw_drift": About("How far it turns away from straight ahead.", False, (Cure.HEADING, Cure.LONGER)),
    "tilt_p95": About("How far the body leans in all but the worst twentieth of the time.", False, (Cure.UPRIGHT,)),
    "lifted_cycles": About("Whether it steps rather than shuffles.", True, (Cure.FEET, Cure.LONGER)),
    "target_jitter": About("How much the targets of the servos shake, which wears them out.", False, (Cure.SMOOTH,)),
    "torque_saturation": About("How often servos push as hard as they can.", False, (Cure.SLOWER, Cure.SMOOTH)),
    "speed_saturation": About("How often joints turn faster than their servos can.", False, (Cure.SLOWER,)),
    "parity": About(
        "Largest difference between the file and the network that was trained.", title="File against network"
    ),
    "latency_p99": About(
        "Time of the slowest hundredth of the inferences; the limit is a part of the control period.",
        cures=(Cure.SMALLER,),
        title="Latency, 99th percentile",
    ),
    "onnx_checker": About("Whether ONNX itself accepts the file: 0 does.", title="Valid ONNX"),
    "opset": About("Version of ONNX's operators; robots' runtimes read this and later ones.", True, title="Operators"),
    "external_data": About("Weights that lie outside the file.", title="Data outside the file"),
    "nonfinite_weights": About(
        "Numbers in the file that are not finite.", cures=(Cure.SMOOTH,), title="Broken numbers in the file"
    ),
    "foreign_operators": About("Operators that no policy needs.", title="Foreign operators"),
    "contract_problems": About("Whether the file says rightly how it is to be used: 0 does.", title="Contract"),
    "golden_count": About("Examples in the file by which a robot can test itself.", True, title="Golden vectors"),
    "golden_error": About("How far the file's answers to its own examples are off.", title="Golden vectors, error"),
    "determinism": About("Difference between two answers to the same question.", title="Repeats itself"),
    "batch_agreement": About(
        "Difference between robots that are run together and one by one.", title="Together as alone"
    ),
    "targets_outside_limits": About(
        "How far the targets leave the range of the joints.", title="Targets beyond joint limits"
    ),
    "metadata_disagreement": About(
        "Where the file tells other programs something else than its contract says.", title="File against itself"
    ),
    "reference_agreement": About(
        "Difference between the robots' runtime and ONNX's own arithmetic.", title="Runtime against ONNX"
    ),
    "nonfinite_answers": About(
        "Answers that are not finite, to broken sensors too.", cures=(Cure.SMOOTH,), title="Answers that are not finite"
    ),
    "action_map": About(
        "How far the targets are from what the contract makes of the actions.", title="Targets against contract"
    ),
    "robot_disagreement": About(
        "Values of the contract that are not the robot's: joints, limits, servos, mass.", title="Robot against contract"
    ),
    "phase_period": About("How far the contract's gait clock is off the motion's cycle.", title="Clock against motion"),
    "recorded_observations": About(
        "Parts of the recorded observations that are not what the contract says.", title="Recording against contract"
    ),
    "recorded_answers": About("How far the answers are off those that were recorded.", title="Recording against file"),
    "file_size": About("Size of the file.", title="File size"),
}


def title_of(name: str) -> str:
    """How a check or a metric is called."""
    if name in SHOWN:
        return SHOWN[name].title
    return (CHECKS[name].title if name in CHECKS else "") or name.replace("_", " ").capitalize()


def about(name: str) -> About:
    """What is known of a check; a later version of webfoot may have others."""
    return CHECKS.get(name, About(""))
