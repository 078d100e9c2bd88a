"""A person of our own who walks, as a BVH: two-link legs whose feet stand still while they stand."""

import numpy as np

THIGH, SHIN, ANKLE, HIP_X, TOE = 42.0, 41.0, 8.0, 9.0, 14.0
"""Lengths of the legs [cm]: y is up, z forward, x to the left."""

HEAD = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Spine
  {
    OFFSET 0 12 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 45 0
    }
  }
"""
LEG = """  JOINT {side}UpLeg
  {{
    OFFSET {x} 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT {side}Leg
    {{
      OFFSET 0 -{thigh} 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      JOINT {side}Foot
      {{
        OFFSET 0 -{shin} 0
        CHANNELS 3 Zrotation Xrotation Yrotation
        End Site
        {{
          OFFSET 0 -{ankle} {toe}
        }}
      }}
    }}
  }}
"""


def walking_bvh(
    seconds: float = 6.0,
    fps: int = 60,
    period_s: float = 1.1,
    stride: float = 110.0,
    names: tuple[str, str] = ("Left", "Right"),
) -> str:
    """A straight walk: stance for 60 % of the period, a sine arc in swing, a pelvis that bobs and sways."""
    t = np.arange(round(seconds * fps)) / fps
    speed = stride / period_s
    pelvis = np.column_stack(
        [1.5 * np.sin(2 * np.pi * t / period_s), 86.0 + 1.0 * np.cos(4 * np.pi * t / period_s), speed * t]
    )
    columns = [pelvis, np.zeros((len(t), 3)), np.zeros((len(t), 3))]
    for offset in (0.0, 0.5):
        z, y = _foot(t / period_s + offset, stride)
        hip, knee, ankle = _leg(z, pelvis[:, 1] - ANKLE - y)
        zero = np.zeros_like(t)
        columns += [np.column_stack([zero, np.degrees(a), zero]) for a in (hip, knee, ankle)]
    legs = "".join(
        LEG.format(side=name, x=x, thigh=THIGH, shin=SHIN, ankle=ANKLE, toe=TOE)
        for name, x in zip(names, (HIP_X, -HIP_X), strict=True)
    )
    rows = "\n".join(" ".join(f"{value:.5f}" for value in row) for row in np.column_stack(columns))
    return f"{HEAD}{legs}}}\nMOTION\nFrames: {len(t)}\nFrame Time: {1 / fps:.7f}\n{rows}\n"


def _foot(phase: np.ndarray, stride: float) -> tuple[np.ndarray, np.ndarray]:
    """Ankle ahead of the hip, and above its height in stance [cm]."""
    phase = phase % 1.0
    swing = np.clip((phase - 0.6) / 0.4, 0.0, 1.0)
    ahead = np.where(phase < 0.6, 0.3 - phase, -0.3 + 0.6 * (swing - np.sin(2 * np.pi * swing) / (2 * np.pi)))
    return stride * ahead, 12.0 * np.sin(np.pi * swing) ** 2


def _leg(ahead: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Angles about x of hip, knee and ankle that put the ankle there and the foot level [rad]."""
    reach = np.minimum(np.hypot(ahead, below), 0.999 * (THIGH + SHIN))
    knee = np.pi - np.arccos((THIGH**2 + SHIN**2 - reach**2) / (2 * THIGH * SHIN))
    before = np.arccos((THIGH**2 + reach**2 - SHIN**2) / (2 * THIGH * reach))
    hip = -(np.arctan2(ahead, below) + before)
    return hip, knee, -(hip + knee)
