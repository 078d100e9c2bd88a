"""`CpuSim`: N MuJoCo simulations on a pool of C++ threads (mjbatch)."""

from dataclasses import replace

import mjbatch
import mujoco
import numpy as np
import torch
from torch import Tensor

from webfoot.robots.spec import Robot
from webfoot.sim.batch import SimState, StartState
from webfoot.sim.columns import find_columns
from webfoot.sim.ground import Ground
from webfoot.sim.model import SimConfig, build_model
from webfoot.sim.servos import Servos, ServoTraits
from webfoot.sim.threads import share_cores

BLOWN_UP = [
    int(w)
    for w in (mujoco.mjtWarning.mjWARN_BADQPOS, mujoco.mjtWarning.mjWARN_BADQVEL, mujoco.mjtWarning.mjWARN_BADQACC)
]
"""Warnings with which MuJoCo says that it reset a simulation by itself."""

MOST_DUMPS = 10
"""Blow-ups whose last good state is kept for diagnosis."""


class CpuSim:
    """`BatchSim` on the CPU; also the place where single fields of every robot's model can be changed."""

    def __init__(
        self,
        robot: Robot,
        config: SimConfig,
        num_envs: int,
        num_threads: int | None = None,
        ground: Ground | None = None,
    ):
        """N robots on a level floor, or each on its own place of uneven ground."""
        self.model = build_model(robot, config, ground)
        self.ground = ground
        self.num_envs = num_envs
        self.control_dt = config.control_dt
        self.device = torch.device("cpu")
        self._decimation = config.decimation
        self._batch = mjbatch.Batch(self.model, num_envs, num_threads or share_cores().physics)
        columns = find_columns(self.model, robot)
        self._root_q, self._root_v = columns.root_q, columns.root_v
        self._joint_q, self._joint_v = columns.joint_q, columns.joint_v
        self._feet, self._soles = columns.feet, columns.soles
        self._qpos = self._batch.bind("qpos")
        self._qvel = self._batch.bind("qvel")
        self._ctrl = self._batch.bind("ctrl")
        self._xpos = self._batch.bind("xpos", np.float32)
        self._xmat = self._batch.bind("xmat", np.float32)
        self._force = self._batch.bind("actuator_force", np.float32)
        self._warning = self._batch.bind("warning")
        self._warned = np.zeros(num_envs, dtype=np.int64)
        self._unstable = np.zeros(num_envs, dtype=bool)
        self._before = (self._qpos.copy(), self._qvel.copy())
        self._servos: Servos | None = None
        self.num_unstable = 0
        self.dumps: list[dict[str, list[float]]] = []
        self._batch.reset()

    def step(self, joint_pos_target: Tensor) -> None:
        """See `BatchSim.step`. A robot whose physics blew up is put back to the model's start and reported."""
        np.copyto(self._before[0], self._qpos)
        np.copyto(self._before[1], self._qvel)
        if self._servos is None:
            self._ctrl[:] = joint_pos_target.numpy()
            self._batch.step(nstep=self._decimation)
        else:
            self._step_servos(self._servos, joint_pos_target)
        warned = self._warning[:, BLOWN_UP, 1].sum(axis=1)
        self._unstable = (warned != self._warned) | ~np.isfinite(self._qpos).all(axis=1)
        self._warned = warned
        if self._unstable.any():
            self._recover(np.flatnonzero(self._unstable), joint_pos_target.numpy())

    def _step_servos(self, servos: Servos, target: Tensor) -> None:
        servos.send(target)
        for substep in range(self._decimation):
            joint_pos, joint_vel = self._joints()
            self._ctrl[:] = servos.ask(substep, joint_pos, joint_vel).numpy()
            self._batch.step()

    def _joints(self) -> tuple[Tensor, Tensor]:
        pos, vel = self._qpos[:, self._joint_q], self._qvel[:, self._joint_v]
        return torch.from_numpy(pos.astype(np.float32)), torch.from_numpy(vel.astype(np.float32))

    def equip(self, traits: ServoTraits | None) -> None:
        """See `BatchSim.equip`."""
        before, self._servos = self._servos, None
        if traits is not None:
            self._servos = Servos(traits, float(self.model.opt.timestep), self._decimation)
            if before is not None:
                self._servos.take_over(before)
            else:
                self._servos.reset(torch.arange(self.num_envs), self._joints()[0])

    def push(self, env_ids: Tensor, velocity: Tensor) -> None:
        """See `BatchSim.push`."""
        v = self._root_v
        self._qvel[env_ids.numpy(), v : v + 3] += velocity.numpy()

    def _recover(self, ids: np.ndarray, target: np.ndarray) -> None:
        self.num_unstable += len(ids)
        for env_id in ids[: MOST_DUMPS - len(self.dumps)]:
            values = {"qpos": self._before[0], "qvel": self._before[1], "ctrl": target}
            self.dumps.append({name: [float(x) for x in array[env_id]] for name, array in values.items()})
        self._ctrl[ids] = 0.0
        self._batch.reset(ids=ids.astype(np.int32))
        self._warned[ids] = self._warning[ids][:, BLOWN_UP, 1].sum(axis=1)

    def reset(self, env_ids: Tensor, start: StartState) -> None:
        """See `BatchSim.reset`."""
        ids = env_ids.numpy()
        if len(ids) == 0:
            return
        self._batch.reset(ids=ids.astype(np.int32))
        if self.ground is not None:
            self.ground.restart(ids)
        self._write(ids, start)
        self._batch.forward(ids=ids.astype(np.int32))
        self._warned[ids] = self._warning[ids][:, BLOWN_UP, 1].sum(axis=1)
        self._unstable[ids] = False

    def _write(self, ids: np.ndarray, start: StartState) -> None:
        q, v = self._root_q, self._root_v
        self._qpos[ids] = self.model.key_qpos[0]  # joints that the policy does not move
        self._qpos[ids, q : q + 3] = start.root_pos.numpy() + self._origin(ids)
        self._qpos[ids, q + 3 : q + 7] = start.root_quat.numpy()
        self._qvel[ids, v : v + 3] = start.lin_vel_w.numpy()
        self._qvel[ids, v + 3 : v + 6] = start.ang_vel_b.numpy()
        self._qpos[_cross(ids, self._joint_q)] = start.joint_pos.numpy()
        self._qvel[_cross(ids, self._joint_v)] = start.joint_vel.numpy()
        self._ctrl[ids] = start.joint_pos.numpy()
        if self._servos is not None:
            self._servos.reset(torch.from_numpy(ids), start.joint_pos)

    def state(self) -> SimState:
        """See `BatchSim.state`."""
        qpos = torch.from_numpy(self._qpos.astype(np.float32))
        qvel = torch.from_numpy(self._qvel.astype(np.float32))
        q, v = self._root_q, self._root_v
        turned = torch.from_numpy(self._xmat[:, self._feet]).unflatten(-1, (3, 3))  # world from foot, (N, F, 3, 3)
        origin = torch.from_numpy(self._xpos[:, self._feet])
        joint_pos = qpos[:, self._joint_q]
        state = SimState(
            root_pos=qpos[:, q : q + 3],
            root_quat=qpos[:, q + 3 : q + 7],
            lin_vel_w=qvel[:, v : v + 3],
            ang_vel_b=qvel[:, v + 3 : v + 6],
            joint_pos=joint_pos,
            joint_vel=qvel[:, self._joint_v],
            encoder_pos=joint_pos if self._servos is None else self._servos.encoder(joint_pos),
            foot_height=origin[..., 2] + torch.einsum("nfi,fki->nfk", turned[:, :, 2], self._soles).amin(dim=-1),
            foot_pos=origin + torch.einsum("nfij,fj->nfi", turned, self._soles.mean(dim=1)),
            torque=torch.from_numpy(self._force.copy()),
            unstable=torch.from_numpy(self._unstable.copy()),
        )
        return state if self.ground is None else self._on_ground(self.ground, state, turned, origin)

    def _origin(self, ids: np.ndarray | slice) -> np.ndarray | float:
        """Where the ground has the place that robots' positions are counted from [m], (n, 3)."""
        return 0.0 if self.ground is None else self.ground.origin[ids]

    def _on_ground(self, ground: Ground, state: SimState, turned: Tensor, feet: Tensor) -> SimState:
        """The same with positions from each robot's own place, and soles above the ground under them."""
        corners = torch.einsum("nfij,fkj->nfki", turned, self._soles) + feet[:, :, None]
        above = corners[..., 2] - torch.from_numpy(ground.height(corners[..., :2].numpy().astype(float))).float()
        place = torch.from_numpy(ground.origin.astype(np.float32))
        return replace(
            state,
            root_pos=state.root_pos - place,
            foot_pos=state.foot_pos - place[:, None],
            foot_height=above.amin(dim=-1),
        )

    def field(self, name: str) -> Tensor:
        """See `BatchSim.field`."""
        return torch.from_numpy(self._batch.expand(name))

    def scale_gains(self, factor: Tensor) -> None:
        """Multiply every servo's stiffness and damping, per robot or per robot and servo; shape (N, 1) or (N, nu)."""
        gain, bias = self._batch.expand("actuator_gainprm"), self._batch.expand("actuator_biasprm")
        gain[:, :, 0] = self.model.actuator_gainprm[:, 0] * factor.numpy()
        bias[:, :, 1:3] = self.model.actuator_biasprm[:, 1:3] * factor.numpy()[:, :, None]

    def scale_friction(self, factor: Tensor) -> None:
        """Multiply the sliding friction of every contact, per robot; shape (N,)."""
        friction = self._batch.expand("geom_friction")
        friction[:, :, 0] = self.model.geom_friction[:, 0] * factor.numpy()[:, None]


def _cross(rows: np.ndarray, columns: slice | list[int]) -> tuple[np.ndarray, slice | np.ndarray]:
    return (rows, columns) if isinstance(columns, slice) else (rows[:, None], np.array(columns))
