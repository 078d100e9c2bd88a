"""`Contract`: what a consumer must know to run a policy without this project's code (schema `webfoot-contract/1`).

It travels as one JSON text under `METADATA_KEY` in the metadata of the ONNX file. Angles in rad, torques in Nm.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from webfoot.errors import PolicyError
from webfoot_runtime.layout import SCHEMA
from webfoot_runtime.policy import GOLDEN_COUNT, OnnxPolicy
from webfoot_runtime.terms import term_width

SCHEMA_FILE = Path(__file__).with_name("contract.schema.json")


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


Numbers = Annotated[tuple[float, ...], BeforeValidator(_listed)]
Names = tuple[Annotated[str, Field(min_length=1)], ...]


def _demand(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _demand_lengths(length: int, **lists: tuple[Any, ...]) -> None:
    for name, values in lists.items():
        _demand(len(values) == length, f"{name} has {len(values)} entries instead of {length}")


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )


class Versions(_Part):
    """Programs that made the policy."""

    webfoot: str
    torch: str
    mujoco: str


class Hashes(_Part):
    """SHA-256 of what went in, hexadecimal."""

    motion: tuple[str, ...] = Field(description="One per reference motion.")
    robot: str
    config: str


class RobotPart(_Part):
    """The robot that the policy was trained on."""

    name: str = Field(min_length=1)
    base_body: str = Field(description="Body whose frame is the base frame: x forward, y left, z up.")
    mjcf_file: str
    mass_kg: float = Field(gt=0)
    quaternion_order: Literal["wxyz"] = "wxyz"


class Control(_Part):
    """Time steps."""

    control_dt: float = Field(gt=0, description="Seconds from one policy step to the next.")
    physics_dt: float = Field(gt=0, description="Seconds of one physics step in training; divides control_dt.")

    @model_validator(mode="after")
    def _whole_decimation(self) -> "Control":
        ratio = self.control_dt / self.physics_dt
        whole = round(ratio) >= 1 and abs(ratio - round(ratio)) < 1e-6
        _demand(whole, f"physics_dt {self.physics_dt} s does not divide control_dt {self.control_dt} s")
        return self


class Joints(_Part):
    """Actuated joints in the order of every joint vector."""

    names: Names = Field(min_length=1)
    default_pos: Numbers = Field(description="Standing pose [rad]; subtracted from joint_pos in the observation.")
    lower: Numbers = Field(description="Position limit [rad].")
    upper: Numbers = Field(description="Position limit [rad].")
    kp: Numbers = Field(description="Servo stiffness [Nm/rad].")
    kd: Numbers = Field(description="Servo damping [Nm s/rad].")
    torque_limit: Numbers = Field(description="[Nm]")
    velocity_limit: Numbers = Field(description="[rad/s]")

    @model_validator(mode="after")
    def _consistent(self) -> "Joints":
        lists = {name: getattr(self, name) for name in type(self).model_fields if name != "names"}
        _demand_lengths(len(self.names), **lists)
        _demand(len(set(self.names)) == len(self.names), "names holds a joint twice")
        _demand(all(name.isprintable() for name in self.names), "names holds characters that cannot be printed")
        for name, low, default, high in zip(self.names, self.lower, self.default_pos, self.upper, strict=True):
            _demand(low < high, f"joint '{name}': lower limit {low} is not below upper limit {high}")
            _demand(low <= default <= high, f"joint '{name}': default_pos {default} is outside [{low}, {high}]")
        _demand(min(self.kp) >= 0 and min(self.kd) >= 0, "kp and kd must not be negative")
        _demand(min(self.torque_limit) > 0 and min(self.velocity_limit) > 0, "limits of torque and speed must be > 0")
        return self


class Action(_Part):
    """What the network's output means."""

    size: int = Field(ge=1)
    scale: Numbers = Field(description="Radians of target per unit of action, one per joint.")
    clip: tuple[float, float] = Field(description="`actions` are clipped to this inside the graph.")
    base: Literal["default", "reference"] = Field(description="Pose that scale * action is added to, inside the graph.")
    rate_limit: Numbers | None = Field(description="Fastest change of the target that the graph allows [rad/s].")

    @model_validator(mode="after")
    def _consistent(self) -> "Action":
        _demand_lengths(self.size, scale=self.scale)
        _demand(self.clip[0] < self.clip[1], f"clip {list(self.clip)}: lower bound is not below the upper")
        if self.rate_limit is not None:
            _demand_lengths(self.size, rate_limit=self.rate_limit)
            _demand(min(self.rate_limit) > 0, "rate_limit must be > 0")
        return self


class Phase(_Part):
    """The gait clock: phi in [0, 1) advances by control_dt / period_s after every control step."""

    period_s: float = Field(gt=0)
    initial: float = Field(ge=0, lt=1)
    definition: str


class Command(_Part):
    """What the robot is asked to do; a consumer clips it to lower..upper and lets it change no faster than `rate`."""

    names: Names = Field(min_length=1)
    lower: Numbers
    upper: Numbers
    default: Numbers
    units: tuple[str, ...]
    rate: Numbers | None = Field(default=None, description="Most that the followed command changes [units / s].")

    @model_validator(mode="after")
    def _consistent(self) -> "Command":
        _demand(self.rate is None or min(self.rate) >= 0, "command: rate must not be negative")
        lists = {name: getattr(self, name) for name in type(self).model_fields if name != "names"}
        if self.rate is None:
            del lists["rate"]
        _demand_lengths(len(self.names), **lists)
        for name, low, default, high in zip(self.names, self.lower, self.default, self.upper, strict=True):
            _demand(low <= default <= high, f"command '{name}': {low} <= {default} (default) <= {high} does not hold")
        return self


class Term(_Part):
    """One stretch of the observation: `obs[start:stop]` = scale * (the `history` latest values, newest first)."""

    name: str = Field(min_length=1)
    start: int = Field(ge=0)
    stop: int = Field(gt=0)
    scale: float = 1.0
    history: int = Field(default=1, ge=1)
    initial: Numbers = Field(description="One value, unscaled; fills every slot of the history before the first step.")
    frame: str
    unit: str
    definition: str

    @model_validator(mode="after")
    def _consistent(self) -> "Term":
        size = self.stop - self.start
        whole = size > 0 and size % self.history == 0
        _demand(whole, f"term '{self.name}': {self.start}..{self.stop} does not hold {self.history} equal values")
        _demand_lengths(size // self.history, **{f"term '{self.name}': initial": self.initial})
        return self


class Observation(_Part):
    """The graph's input."""

    size: int = Field(ge=1)
    terms: tuple[Term, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _covered(self) -> "Observation":
        end = 0
        for term in self.terms:
            _demand(term.start == end, f"term '{term.name}' starts at {term.start} instead of {end}")
            end = term.stop
        _demand(end == self.size, f"the terms end at {end}, but size is {self.size}")
        _demand(len({term.name for term in self.terms}) == len(self.terms), "terms holds a name twice")
        return self


class Reset(_Part):
    """The state in which a rollout starts."""

    settle_s: float = Field(ge=0, description="Seconds that the pose is held before the first policy step.")
    joint_pos: Numbers
    definition: str


class Golden(_Part):
    """One observation and what the graph answers to it, within 1e-5."""

    obs: Numbers
    actions: Numbers
    joint_pos_target: Numbers


class Limit(_Part):
    """One criterion of the validation: what was asked, what was reached."""

    limit: float
    reached: float | None = Field(description="null until the policy was validated.")
    unit: str = ""


class Contract(_Part):
    """Everything that a consumer of policy.onnx needs beside the graph."""

    schema_id: Literal["webfoot-contract/1"] = Field(default=SCHEMA, alias="schema")
    name: str = Field(min_length=1)
    created: AwareDatetime
    method: str
    versions: Versions
    hashes: Hashes
    robot: RobotPart
    control: Control
    joints: Joints
    action: Action
    phase: Phase | None
    command: Command
    observation: Observation
    reset: Reset
    golden: tuple[Golden, ...] = Field(default=(), description="Ten in a finished file.")
    limits: dict[str, Limit] = Field(default_factory=dict, description="What it was validated against.")

    @model_validator(mode="after")
    def _consistent(self) -> "Contract":
        nu = len(self.joints.names)
        _demand(self.action.size == nu, f"action.size is {self.action.size}, but there are {nu} joints")
        _demand_lengths(nu, **{"reset.joint_pos": self.reset.joint_pos})
        for term in self.observation.terms:
            width = term_width(term.name, nu, len(self.command.names))
            right = width is None or len(term.initial) == width
            _demand(right, f"observation term '{term.name}' holds {len(term.initial)} numbers instead of {width}")
            _demand(term.name != "phase" or self.phase is not None, "observation term 'phase' needs a phase")
        _demand(len(self.golden) in (0, GOLDEN_COUNT), f"golden has {len(self.golden)} entries, not {GOLDEN_COUNT}")
        for pair in self.golden:
            _demand_lengths(self.observation.size, **{"golden.obs": pair.obs})
            _demand_lengths(nu, **{"golden.actions": pair.actions, "golden.joint_pos_target": pair.joint_pos_target})
        return self

    def to_json(self) -> str:
        """The JSON text that goes into the file, numbers at full precision."""
        return self.model_dump_json()


def contract_json_schema() -> dict[str, Any]:
    """The JSON schema of a contract, as published in `contract.schema.json`."""
    schema = Contract.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}


def parse_contract(text: str | bytes, where: str) -> Contract:
    """Contract from its JSON text.

    Args:
        text: the JSON text.
        where: what the message names as its place, e.g. the file's name.

    Raises:
        PolicyError: the text breaks the schema; the message names the first field that does.
    """
    try:
        return Contract.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(".".join(str(part) for part in first["loc"]).split())[:100] or "contract"
        reason = " ".join(first["msg"].removeprefix("Value error, ").split())[:300]
        raise PolicyError(f"{where}: {place} of the webfoot_contract: {reason}") from None


def read_contract(path: Path | str) -> Contract:
    """Contract of an ONNX policy.

    Raises:
        PolicyError: the file is not a policy that can be run, or its contract breaks the schema.
    """
    return parse_contract(OnnxPolicy(path).contract_text, Path(path).name)
