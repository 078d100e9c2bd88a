"""`readme`: what is in the bundle of a training, and how its policy is run."""

from webfoot.web.models.training import TrainingSession

PYTHON = """from webfoot_runtime.policy import OnnxPolicy
policy = OnnxPolicy("policy.onnx")
target = policy.step(gyro, gravity, joint_pos, joint_vel, command)  # every policy.layout.control_dt seconds
"""
"""The three lines that run a policy; pages show them too."""
COMMAND = "webfoot validate policy.onnx"
"""The command line that proves a policy anew."""
VERDICTS = {True: "It passed its validation.", False: "It did not pass its validation.", None: "It was not validated."}

TEXT = """# {name}

A policy by which the robot `{robot}` follows the motion `{motion}`. {verdict}

| file | what it is |
|---|---|
| `policy.onnx` | the policy: network, normaliser, reference motion and joint limits in one file |
| `contract.json` | joint order, gains, observation, command and golden vectors, as the file carries them |
| `report.html`, `report.json` | the validation, to be read and to be computed with |
| `rollout.npz` | episodes of the validation |
| `configuration.yaml` | every option of the training: `webfoot train MOTION --config configuration.yaml` |
| `preview.webm` | one episode as a video, where one was made |

## Run it
```
pip install webfoot-runtime
```
```python
{python}```
All arrays have one row per robot: `gyro` (1, 3) in the base frame [rad/s], `gravity` (1, 3) a unit vector in the base
frame, `joint_pos` [rad] and `joint_vel` [rad/s] in the order of the contract, `command` (1, 3): vx, vy [m/s] and wz
[rad/s]. The answer is the targets of the servos [rad]. `policy.verify_golden()` is below 1e-5 where this machine
computes what was validated.

## Prove it
```
{command}
```
"""


def readme(row: TrainingSession) -> str:
    """The text, in Markdown."""
    said = {"robot": _code(row.robot), "motion": _code(row.reference_motion), "verdict": VERDICTS[row.passed]}
    name = " ".join(row.name.split()) or f"Training {row.id}"
    return TEXT.format(name=name, python=PYTHON, command=command_of(row), **said)


def command_of(row: TrainingSession) -> str:
    """The command line that proves the policy of a session anew."""
    bundled = ":" not in row.robot and ":" not in row.reference_motion
    return f"{COMMAND} --motion {row.reference_motion} --robot {row.robot}" if bundled else COMMAND


def _code(text: str) -> str:
    """As it may stand between backticks."""
    return text.replace("`", "'").replace("\n", " ")
