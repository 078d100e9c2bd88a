"""`WarpSim`: N simulations stepped at once by MuJoCo Warp, on a GPU; every tensor stays there."""

import mujoco
import mujoco_warp as mjw
import numpy as np
import torch
import warp as wp
from torch import Tensor

from webfoot.errors import ConfigError, RobotError
from webfoot.robots.spec import Robot
from webfoot.sim.batch import SimState, StartState
from webfoot.sim.columns import find_columns
from webfoot.sim.ground import Ground
from webfoot.sim.model import SimConfig, build_model
from webfoot.sim.recorded import Recorded
from webfoot.sim.servos import Servos, ServoTraits

MOST_DUMPS = 10
"""Blow-ups whose last good state is kept for diagnosis."""
MOST_VALUE = 1e6
"""A position or speed beyond this is a blow-up; single precision has nothing useful left there."""
MOST_CONTACTS = 64
"""Contacts of one robot that there is room for, at most."""
LEFT_OUT = int(mjw.OverflowType.NEFC | mjw.OverflowType.BROADPHASE | mjw.OverflowType.NARROWPHASE)
"""What MuJoCo Warp reports when contacts found no room and were left out."""


class WarpSim:
    """`BatchSim` on a GPU, or on Warp's own CPU device, which is slow and there for tests.

    Where `CpuSim` asks MuJoCo whether a simulation blew up, this looks at positions and speeds after the control step.
    """

    def __init__(self, robot: Robot, config: SimConfig, num_envs: int, device: str = "cuda"):
        wp.config.log_level = wp.LOG_WARNING  # no greeting on standard output
        self.model = build_model(robot, config)
        self.ground: Ground | None = None  # only the level floor
        self.num_envs, self.control_dt, self.device = num_envs, config.control_dt, torch.device(device)
        self._robot_name, self._columns = robot.name, find_columns(self.model, robot)
        self._contacts = _most_contacts(self.model)
        self._warp_model = _put(robot, self.model, device)
        with wp.ScopedDevice(device):
            room = {"nconmax": self._contacts, "njmax": _most_constraints(self.model, self._contacts)}
            self._data = mjw.make_data(self.model, num_envs, **room)
        self._view(self._data)
        self._fields: dict[str, Tensor] = {}
        self._decimation, self._servos = config.decimation, None
        self._steps = Recorded(lambda: self._take_steps(config.decimation), self.device)
        self._one_step = Recorded(lambda: self._take_steps(1), self.device)
        self._look = Recorded(self._derive, self.device)
        self._unstable = torch.zeros(num_envs, dtype=torch.bool, device=self.device)
        self._before = (self._qpos.clone(), self._qvel.clone())
        self.num_unstable = 0
        self.dumps: list[dict[str, list[float]]] = []
        self._look.run()
        self._foot_pos, self._foot_height, self._torque = self._follow()

    def _view(self, data: mjw.Data) -> None:
        """Tensors over the memory of the simulations."""
        self._qpos, self._qvel, self._ctrl = (wp.to_torch(array) for array in (data.qpos, data.qvel, data.ctrl))
        self._warmstart = wp.to_torch(data.qacc_warmstart)
        self._xpos, self._xmat = wp.to_torch(data.xpos), wp.to_torch(data.xmat)
        self._force, self._overflow = wp.to_torch(data.actuator_force), wp.to_torch(data.overflow)
        self._start = torch.tensor(self.model.qpos0, dtype=torch.float32, device=self.device)
        self._key = torch.tensor(self.model.key_qpos[0], dtype=torch.float32, device=self.device)
        self._soles = self._columns.soles.to(self.device)

    def step(self, joint_pos_target: Tensor) -> None:
        """See `BatchSim.step`. A robot whose physics blew up is put back to the model's start and reported.

        Raises:
            RobotError: more contacts at once than there is room for.
        """
        self._before[0].copy_(self._qpos)
        self._before[1].copy_(self._qvel)
        if self._servos is None:
            self._ctrl.copy_(joint_pos_target)
            self._steps.run()
        else:
            self._step_servos(self._servos, joint_pos_target)
        self._foot_pos, self._foot_height, self._torque = self._follow()
        sound = (self._qpos.abs() < MOST_VALUE).all(dim=1) & (self._qvel.abs() < MOST_VALUE).all(dim=1)  # no NaN is
        self._unstable = ~sound
        left_out = (self._overflow & LEFT_OUT) != 0
        if (self._unstable | left_out).any():  # the one look from outside the device in a step
            self._check_room(bool(left_out.any()))
            self._recover(self._unstable.nonzero().squeeze(-1), joint_pos_target)

    def _step_servos(self, servos: Servos, target: Tensor) -> None:
        servos.send(target)
        for substep in range(self._decimation):
            self._ctrl.copy_(servos.ask(substep, *self._joints()))
            self._one_step.run()

    def _joints(self) -> tuple[Tensor, Tensor]:
        return self._qpos[:, self._columns.joint_q], self._qvel[:, self._columns.joint_v]

    def equip(self, traits: ServoTraits | None) -> None:
        """See `BatchSim.equip`."""
        before, self._servos = self._servos, None
        if traits is not None:
            self._servos = Servos(traits, float(self.model.opt.timestep), self._decimation)
            if before is not None:
                self._servos.take_over(before)
            else:
                self._servos.reset(torch.arange(self.num_envs, device=self.device), self._joints()[0])

    def push(self, env_ids: Tensor, velocity: Tensor) -> None:
        """See `BatchSim.push`."""
        v = self._columns.root_v
        self._qvel[env_ids, v : v + 3] += velocity

    def _take_steps(self, count: int) -> None:
        for _ in range(count):
            mjw.step(self._warp_model, self._data)

    def _derive(self) -> None:
        """Where bodies are and what servos do, from the state alone; what is needed of a step's derived values."""
        for function in (mjw.fwd_kinematics, mjw.transmission, mjw.fwd_velocity, mjw.fwd_actuation):
            function(self._warp_model, self._data)

    def _follow(self) -> tuple[Tensor, Tensor, Tensor]:
        """Centres and heights of the soles, and torques of the servos, as last derived."""
        origin, turned = self._xpos[:, self._columns.feet], self._xmat[:, self._columns.feet]  # world from foot
        lowest = torch.einsum("nfi,fki->nfk", turned[:, :, 2], self._soles).amin(dim=-1)
        centre = torch.einsum("nfij,fj->nfi", turned, self._soles.mean(dim=1))
        return origin + centre, origin[..., 2] + lowest, self._force.clone()

    def _check_room(self, is_full: bool) -> None:
        if is_full:
            raise RobotError(
                f"robot '{self._robot_name}': it touches the ground or itself in more than {self._contacts} points, "
                "for which the GPU has no room; let fewer geoms collide, or train with --device cpu"
            )

    def _recover(self, env_ids: Tensor, target: Tensor) -> None:
        self.num_unstable += len(env_ids)
        for env_id in env_ids[: MOST_DUMPS - len(self.dumps)].tolist():
            values = {"qpos": self._before[0], "qvel": self._before[1], "ctrl": target}
            self.dumps.append({name: rows[env_id].tolist() for name, rows in values.items()})
        self._qpos[env_ids], self._qvel[env_ids], self._ctrl[env_ids] = self._start, 0.0, 0.0
        self._rest(env_ids)

    def _rest(self, env_ids: Tensor) -> None:
        """Forget what the solver knew of the robots `env_ids`, and derive their new state; the others keep theirs."""
        self._warmstart[env_ids] = 0.0
        self._look.run()
        kept = (self._foot_pos, self._foot_height, self._torque)
        self._foot_pos, self._foot_height, self._torque = (
            old.index_copy(0, env_ids, new[env_ids]) for old, new in zip(kept, self._follow(), strict=True)
        )

    def reset(self, env_ids: Tensor, start: StartState) -> None:
        """See `BatchSim.reset`."""
        if len(env_ids) == 0:
            return
        columns, ids = self._columns, env_ids
        q, v = columns.root_q, columns.root_v
        qpos, qvel = self._key.repeat(len(ids), 1), torch.zeros_like(self._qvel[ids])
        qpos[:, q : q + 3], qpos[:, q + 3 : q + 7] = start.root_pos, start.root_quat
        qvel[:, v : v + 3], qvel[:, v + 3 : v + 6] = start.lin_vel_w, start.ang_vel_b
        qpos[:, columns.joint_q], qvel[:, columns.joint_v] = start.joint_pos, start.joint_vel
        self._qpos[ids], self._qvel[ids], self._ctrl[ids] = qpos, qvel, start.joint_pos
        if self._servos is not None:
            self._servos.reset(ids, start.joint_pos)
        self._rest(ids)
        self._unstable = self._unstable.index_fill(0, ids, False)

    def state(self) -> SimState:
        """See `BatchSim.state`."""
        qpos, qvel = self._qpos.clone(), self._qvel.clone()
        q, v = self._columns.root_q, self._columns.root_v
        joint_pos = qpos[:, self._columns.joint_q]
        return SimState(
            root_pos=qpos[:, q : q + 3],
            root_quat=qpos[:, q + 3 : q + 7],
            lin_vel_w=qvel[:, v : v + 3],
            ang_vel_b=qvel[:, v + 3 : v + 6],
            joint_pos=joint_pos,
            joint_vel=qvel[:, self._columns.joint_v],
            encoder_pos=joint_pos if self._servos is None else self._servos.encoder(joint_pos),
            foot_height=self._foot_height,
            foot_pos=self._foot_pos,
            torque=self._torque,
            unstable=self._unstable,
        )

    def field(self, name: str) -> Tensor:
        """See `BatchSim.field`.

        Raises:
            ConfigError: MuJoCo Warp has that field once for all robots.
        """
        if name not in self._fields:
            holder = self._warp_model.opt if hasattr(self._warp_model.opt, name) else self._warp_model
            shared = getattr(holder, name, None)
            if shared is None or not getattr(
                shared, "_is_batched", False
            ):  # so MuJoCo Warp marks what worlds may have of their own
                raise ConfigError(
                    f"robots cannot differ in '{name}' on the GPU; leave it as the model has it, or use --device cpu"
                )
            own = wp.to_torch(shared).expand(self.num_envs, *[-1] * (wp.to_torch(shared).ndim - 1)).clone()
            setattr(holder, name, wp.from_torch(own, dtype=shared.dtype))
            self._fields[name] = own
            for recorded in (self._steps, self._one_step, self._look):
                recorded.forget()
        return self._fields[name]


def _put(robot: Robot, model: mujoco.MjModel, device: str) -> mjw.Model:
    try:
        with wp.ScopedDevice(device):
            put = mjw.put_model(model)
    except (NotImplementedError, ValueError) as error:
        raise RobotError(
            f"robot '{robot.name}': the GPU cannot simulate it ({error}); train with --device cpu"
        ) from error
    put.opt.warn_overflow = 0  # printed by the device into standard output; what matters is read in `step`
    return put


def _most_contacts(model: mujoco.MjModel) -> int:
    """Contacts that one robot may have: eight for each pair of geoms that may touch, within reason."""
    kind, against, body = model.geom_contype, model.geom_conaffinity, model.geom_bodyid
    meets = (kind[:, None] & against) | (against[:, None] & kind)
    pairs = np.triu((meets != 0) & (body[:, None] != body), k=1).sum() + model.npair
    return int(min(8 * pairs, MOST_CONTACTS))


def _most_constraints(model: mujoco.MjModel, contacts: int) -> int:
    """Friction in every degree of freedom, every limit, every equality, and the sides of every contact's pyramid."""
    sides = 2 * max(1, int(model.geom_condim.max()) - 1)
    return model.nv + model.njnt + model.ntendon + 6 * model.neq + sides * contacts
