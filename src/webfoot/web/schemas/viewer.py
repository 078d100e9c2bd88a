"""What the 3D viewer asks for, and what it is told. Arrays are little-endian in base64."""

from typing import Any

from pydantic import Field

from webfoot.web.schemas.base import Model


class SceneQuery(Model):
    """Which robot."""

    robot: str = Field(default="duckling", min_length=1, max_length=256, description="Bundled, or robot:ID[@N].")


class EpisodeQuery(Model):
    """Which episode."""

    episode: int = Field(default=0, ge=0, le=9999, description="From 0.")


class MotionQuery(Model):
    """Which motion, on which robot."""

    motion: str = Field(min_length=1, max_length=256, description="A bundled clip, or motion:ID[@N][#CLIP].")
    robot: str = Field(
        default="", max_length=256, description="Bundled, or robot:ID[@N]; empty: the one that the motion is for."
    )


class Scene(Model):
    """A robot as coloured triangles."""

    document: str = Field(alias="schema", description="webfoot-scene/1")
    name: str
    base_height: float = Field(description="Of the base above the ground, standing [m].")
    bodies: list[str] = Field(description="What moves; in the order of the poses of a replay.")
    standing: str = Field(description="Where the bodies are, standing: x, y, z [m], w, x, y, z: float32 (bodies, 7).")
    parts: list[dict[str, Any]] = Field(
        description="body: index; colour: red, green, blue from 0 to 1; vertices: float32 (V, 3) in the frame of the "
        "body, z up [m]; faces: uint32 (F, 3)."
    )


class Replay(Model):
    """Where the bodies of a robot were."""

    document: str = Field(alias="schema", description="webfoot-replay/1")
    title: str
    version: str = Field(description="Another one when the rollout or the motion is another one.")
    iteration: int | None = Field(description="Of the training, at the trial that is shown; null: the validation.")
    hz: float = Field(description="Frames a second [Hz].")
    frames: int
    bodies: list[str]
    poses: str = Field(description="x, y, z [m], w, x, y, z: float32 (frames, bodies, 7).")
    ghost: str | None = Field(description="The reference, as poses.")
    joint_names: list[str]
    joints: str = Field(description="float32 (frames, joints) [rad].")
    reference_joints: str | None = Field(description="As joints.")
    foot_names: list[str]
    foot_bodies: list[int | None] = Field(description="Index of the body of each foot; null: it is not drawn.")
    contacts: str = Field(description="1 where a foot stands: uint8 (frames, feet).")
    reference_contacts: str | None = Field(description="As contacts.")
    command: str | None = Field(description="vx, vy [m/s], wz [rad/s]: float32 (frames, 3).")
    episode: int
    episodes: int
    fell_at_s: float | None = Field(description="Time of the fall [s].")
