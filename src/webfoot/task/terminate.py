"""When an episode ends as a fall."""

import math

from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.task.state import StepState


class TerminationConfig(BaseModel, frozen=True, extra="forbid"):
    """What counts as a fall."""

    tilt_deg: float = Field(
        default=53.0, gt=0, le=180, description="Tilt of the base beyond which it has fallen [deg]."
    )
    height_share: float = Field(
        default=0.55, gt=0, lt=1, description="Share of the standing base height below which it has fallen."
    )


def fallen(state: StepState, config: TerminationConfig, standing_height: float) -> Tensor:
    """True where the base tilts or sinks too far, or the simulator blew up, shape (N,).

    Args:
        standing_height: height of the base in the default pose [m].
    """
    tilted = state.gravity_b[:, 2] > -math.cos(math.radians(config.tilt_deg))
    return tilted | (state.base_height < config.height_share * standing_height) | state.unstable
