"""`Ground`: a floor with bumps, flat at one side and rougher towards the other; each robot has its own place on it."""

import mujoco
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter
from torch import Tensor

from webfoot.errors import RobotError
from webfoot.robots.size import length_scale
from webfoot.robots.spec import Robot

COLUMNS, ROWS = 161, 101
CELL_M = 0.1
"""Distance between two heights [m]: about the length of a small robot's foot; more for a larger robot."""
FLATTEST_ROW, FLAT_ROWS, ROUGHEST_ROW = 12.5, 25, 75
"""Where robots of no roughness start, rows up to which the floor is flat, and from which it is as rough as asked."""
SHOE_M = 0.002
"""Radius of the balls under a sole [m]; more for a larger robot."""
ROUND = (mujoco.mjtGeom.mjGEOM_SPHERE, mujoco.mjtGeom.mjGEOM_CAPSULE)
"""Shapes of feet that touch a height field where they should."""
GROUND_BIT = 1 << 30
"""What touches the ground has this bit, so that a sole can touch all else but that."""
START_COLUMNS = (45, 115)
"""Robots start between these columns; they walk along the rows."""


class Ground:
    """Heights of a floor, drawn once, and where N robots stand on it."""

    def __init__(self, robot: Robot, height_m: float, num_envs: int, seed: int):
        """A floor whose bumps are up to `height_m` high [m]; more for a larger robot."""
        scale = length_scale(robot.base_height)
        self.cell = CELL_M * scale
        self._draw = np.random.default_rng(seed)
        rough = np.clip((np.arange(ROWS) - FLAT_ROWS) / (ROUGHEST_ROW - FLAT_ROWS), 0.0, 1.0)
        self.heights = self._draw.random((ROWS, COLUMNS)) * rough[:, None]
        self.heights *= height_m * scale / self.heights.max()
        reach = 2 * (1 + int(np.ceil(robot.base_height / self.cell))) + 1  # feet stand within a base height
        self._tops = maximum_filter(self.heights, reach)
        self.origin = np.zeros((num_envs, 3))
        self._rows = np.full(num_envs, float(ROUGHEST_ROW))

    def compile(self, robot: Robot) -> mujoco.MjModel:
        """The robot's model with this floor instead of its plane.

        Raises:
            RobotError: there is no plane that it could take the place of.
        """
        spec = robot.spec()
        planes = [geom for geom in spec.geoms if geom.type == mujoco.mjtGeom.mjGEOM_PLANE]
        if not planes:
            raise RobotError(f"{robot.name}: its floor is no plane, so it cannot be made uneven; leave unevenness_m 0")
        top = float(self.heights.max())
        size = [(COLUMNS - 1) / 2 * self.cell, (ROWS - 1) / 2 * self.cell, top, self.cell]
        spec.add_hfield(name="ground", nrow=ROWS, ncol=COLUMNS, size=size, userdata=(self.heights / top).ravel())
        planes[0].type, planes[0].hfieldname = mujoco.mjtGeom.mjGEOM_HFIELD, "ground"
        for geom in planes[1:]:
            spec.delete(geom)
        _shoe(spec, robot, planes[0])
        return spec.compile()

    def place(self, roughness: NDArray[np.float64]) -> None:
        """Say how rough a place each robot starts on from its next episode on: 0 flat, 1 as rough as it gets, (N,)."""
        self._rows = FLATTEST_ROW + (ROUGHEST_ROW - FLATTEST_ROW) * roughness

    def restart(self, env_ids: NDArray[np.int64]) -> None:
        """Give robots another place; its height is that of the highest bump within reach of their feet."""
        columns, rows = self._draw.uniform(*START_COLUMNS, len(env_ids)), self._rows[env_ids]
        self.origin[env_ids, 0] = (columns - (COLUMNS - 1) / 2) * self.cell
        self.origin[env_ids, 1] = (rows - (ROWS - 1) / 2) * self.cell
        self.origin[env_ids, 2] = self._tops[rows.astype(np.int64), columns.astype(np.int64)]

    def height(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height of the floor [m] at places (..., 2), on the triangles that MuJoCo makes of the heights."""
        column = np.clip(xy[..., 0] / self.cell + (COLUMNS - 1) / 2, 0, COLUMNS - 1 - 1e-9)
        row = np.clip(xy[..., 1] / self.cell + (ROWS - 1) / 2, 0, ROWS - 1 - 1e-9)
        c, r = column.astype(np.int64), row.astype(np.int64)
        u, v, h = column - c, row - r, self.heights
        near, far = h[r, c], h[r + 1, c + 1]
        above = near + v * (h[r + 1, c] - near) + u * (far - h[r + 1, c])
        below = near + u * (h[r, c + 1] - near) + v * (far - h[r, c + 1])
        return np.where(v > u, above, below)


def roughness_of(share: Tensor) -> Tensor:
    """Roughness of the place where bumps are so large a share of the highest, for `Ground.place`."""
    row = FLAT_ROWS + (ROUGHEST_ROW - FLAT_ROWS) * share
    return torch.where(share > 0, (row - FLATTEST_ROW) / (ROUGHEST_ROW - FLATTEST_ROW), 0.0)


def _shoe(spec: mujoco.MjSpec, robot: Robot, ground: mujoco.MjsGeom) -> None:
    """Let flat feet touch the ground with a small ball at each corner of their soles instead of with themselves.

    On a plane a box stands on its corners. On a height field MuJoCo finds one point for each triangle that it lies on,
    anywhere within it, and the sole rocks on those: of 40 robots that all walked on a plane, 32 fell on a height field
    that was flat. With balls none does; with nine instead of four to a sole, 12 do: too many contacts for the solver.
    Everything else of the robot touches the ground as before.
    """
    data = mujoco.MjData(robot.model)
    mujoco.mj_resetDataKeyframe(robot.model, data, 0)
    mujoco.mj_forward(robot.model, data)
    radius = SHOE_M * length_scale(robot.base_height)
    for geom in spec.geoms:
        if geom.contype & ground.conaffinity or ground.contype & geom.conaffinity:
            geom.contype |= GROUND_BIT
    ground.contype = ground.conaffinity = GROUND_BIT
    for foot in robot.feet:
        body, up = spec.body(foot.body), data.body(foot.body).xmat.reshape(3, 3)[2]
        flat = [geom for geom in body.geoms if geom.contype & GROUND_BIT and geom.type not in ROUND]
        for spot in foot.sole if flat else ():
            ball = body.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[radius, 0, 0], group=3)
            ball.pos, ball.mass, ball.contype, ball.conaffinity = spot + radius * up, 0.0, GROUND_BIT, 0
            for name in ("condim", "priority", "friction", "solref", "solimp", "solmix"):
                setattr(ball, name, getattr(flat[0], name))
        for geom in flat:
            geom.contype &= ~GROUND_BIT
