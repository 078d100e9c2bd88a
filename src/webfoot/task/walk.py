"""`WalkTask`: N robots that follow a reference; the environment that the learner sees."""

from dataclasses import dataclass

import torch
from pydantic import BaseModel, Field, field_validator, model_validator
from torch import Tensor

from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.sim.batch import BatchSim, SimState
from webfoot.sim.conditions import Conditions
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.rotations import heading, into_heading, projected_gravity, rotate_inverse, wrap_angle
from webfoot.task.average import CycleMean
from webfoot.task.command import CommandConfig, CommandSpace
from webfoot.task.history import History
from webfoot.task.observe import ACTOR_TERMS, critic_terms, observe
from webfoot.task.rewards import RewardConfig, reward_terms
from webfoot.task.scale import scale_rewards
from webfoot.task.series import ReferenceSeries
from webfoot.task.start import StartConfig, join_starts, reference_start, settle, standing_start
from webfoot.task.state import StepState
from webfoot.task.terminate import TerminationConfig, fallen


class TaskConfig(BaseModel, frozen=True, extra="forbid"):
    """What the robots are asked to do."""

    episode_s: float = Field(default=10.0, gt=0, le=120, description="Time limit of an episode in training [s].")
    observation: tuple[str, ...] = Field(
        default=ACTOR_TERMS, min_length=1, description="What the policy sees, in order; without phase it has no clock."
    )
    history: int = Field(
        default=1, ge=1, le=20, description="Control steps of sensors and actions that the policy sees, newest first."
    )
    action_base: str = Field(
        default="reference", pattern="^(reference|default)$", description="Pose that actions are added to."
    )
    action_scale: float = Field(default=0.25, gt=0, le=2, description="Joint angle per unit of action [rad].")
    action_limit: float = Field(default=3.0, gt=0, le=20, description="Actions are clipped to plus or minus this.")
    reward: RewardConfig = RewardConfig()
    termination: TerminationConfig = TerminationConfig()
    start: StartConfig = StartConfig()
    command: CommandConfig = CommandConfig()

    @field_validator("observation", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A list as it is written on a command line: a,b,c."""
        return tuple(word.strip() for word in value.split(",")) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _measurable(self) -> "TaskConfig":
        strange = [name for name in self.observation if name not in ACTOR_TERMS]
        if strange or len(set(self.observation)) < len(self.observation):
            wrong = f"'{strange[0]}' in it" if strange else "a term twice in it"
            raise ValueError(f"observation has {wrong}; each of {', '.join(ACTOR_TERMS)} may be there once")
        if self.action_base == "reference" and not {"phase", "command"} <= set(self.observation):
            raise ValueError("action_base 'reference' needs phase and command in the observation; 'default' does not")
        return self


@dataclass(frozen=True)
class Observation:
    """What actor and critic see, each (N, n)."""

    actor: Tensor
    critic: Tensor


@dataclass(frozen=True)
class Transition:
    """The result of one control step of N robots."""

    observation: Observation
    """After the step; of the new episode where one ended."""
    final: Observation
    """The true observation after the step, before any reset."""
    reward: Tensor
    """(N,)."""
    terminated: Tensor
    """A fall, (N,) bool."""
    truncated: Tensor
    """The time limit, (N,) bool; never true together with `terminated`."""
    terms: dict[str, Tensor]
    """Weighted rewards by name, each (N,)."""
    unstable: Tensor
    """Where the simulator blew up, (N,) bool."""
    after: StepState
    """The true state after the step, before any reset."""


class ActionMap:
    """From actions to servo targets: base + scale * clipped action, within the joint limits."""

    def __init__(self, robot: Robot, config: TaskConfig, device: torch.device | None = None):
        self.scale, self.limit, self.base = config.action_scale, config.action_limit, config.action_base
        self.lower = torch.tensor(robot.lower, dtype=torch.float32, device=device)
        self.upper = torch.tensor(robot.upper, dtype=torch.float32, device=device)
        self.default = torch.tensor(robot.default_pos, dtype=torch.float32, device=device)

    def target(self, action: Tensor, reference_target: Tensor) -> Tensor:
        """Servo targets [rad], shape (N, nu), for clipped actions and the reference's targets at the same phase."""
        base = reference_target if self.base == "reference" else self.default
        return (base + self.scale * action).clamp(self.lower, self.upper)

    def reaching(self, target: Tensor) -> Tensor:
        """The action that sends the servos to a target [rad] where the base is the default pose, shape (nu,)."""
        return ((target - self.default) / self.scale).clamp(-self.limit, self.limit)


class WalkTask:
    """Steps the robots, resets those that fell or ran out of time, and says what was seen and earned."""

    def __init__(
        self,
        robot: Robot,
        reference: Reference,
        sim: BatchSim,
        config: TaskConfig,
        seed: int,
        conditions: Conditions | None = None,
    ):
        self.robot, self.config, self.sim = robot, config, sim
        self.conditions = conditions or Conditions(sim, robot, RandomizeConfig(preset="off"), seed)
        self.series = ReferenceSeries(reference).to(sim.device)
        self.num_envs, self.nu = sim.num_envs, robot.nu
        self.generator = torch.Generator(sim.device).manual_seed(seed)
        self.actions = ActionMap(robot, config, sim.device)
        self._privileged = critic_terms(config.observation)[len(config.observation) :]
        self._history = History(robot, config.observation, config.history, self.num_envs, sim.device)
        self.num_actor_obs = self._history.size
        self._reward = scale_rewards(config.reward, robot.base_height)
        self._torque_limit = torch.tensor(robot.torque_limit, dtype=torch.float32, device=sim.device)
        self._episode_steps = round(config.episode_s / sim.control_dt)
        self._phase_step = sim.control_dt / self.series.period_s
        self._settled = settle(sim, robot, config.start.settle_s)
        self.phase = torch.zeros(self.num_envs, device=sim.device)
        self.command = torch.zeros(self.num_envs, 3, device=sim.device)
        self._told = torch.zeros(self.num_envs, 3, device=sim.device)
        self.commands = CommandSpace(reference, config.command, sim.device)
        self._until_next = torch.zeros(self.num_envs, dtype=torch.long, device=sim.device)
        self._coefficients = self.series.commanded(self.command)
        self._action = torch.zeros(self.num_envs, self.nu, device=sim.device)
        self._previous_action = torch.zeros(self.num_envs, self.nu, device=sim.device)
        self._steps = torch.zeros(self.num_envs, dtype=torch.long, device=sim.device)
        self._velocity = CycleMean(self.num_envs, 3, max(1, round(1.0 / self._phase_step)), sim.device)
        self._heading = torch.zeros(self.num_envs, device=sim.device)
        everyone = torch.arange(self.num_envs, device=sim.device)
        self._reset(everyone)
        self._steps.random_(0, self._episode_steps, generator=self.generator)
        self._state = self._read(sim.state())
        self._history.restart(self._state, everyone)

    @property
    def state(self) -> StepState:
        """The robots as the next step finds them: after a reset where an episode ended."""
        return self._state

    def observe(self) -> Observation:
        """What is seen now."""
        return self._observe(self._state)

    def step(self, action: Tensor) -> Transition:
        """Act for one control step.

        Args:
            action: shape (N, nu); clipped to the action limit.
        """
        limit = self.actions.limit
        self._previous_action, self._action = self._action, action.clamp(-limit, limit)
        self.conditions.step(self.actions.target(self._action, self._state.reference.servo_target))
        self.phase = (self.phase + self._phase_step) % 1.0
        self._steps += 1
        raw = self.sim.state()
        self._sensed = self.conditions.read(raw)
        self._advance(raw)
        self._tell(raw)
        state = self._state = self._read(raw)
        terms = reward_terms(state, self._reward)
        reward = torch.stack(list(terms.values())).sum(dim=0)
        terminated = fallen(state, self.config.termination, self.robot.base_height)
        truncated = (self._steps >= self._episode_steps) & ~terminated
        self._history.push(state)
        final = observation = self._observe(state)
        ended = (terminated | truncated).nonzero().squeeze(-1)
        if len(ended):
            self._reset(ended)
            self._state = self._read(self.sim.state())
            self._history.restart(self._state, ended)
            observation = self._observe(self._state)
        return Transition(observation, final, reward, terminated, truncated, terms, raw.unstable, state)

    def _advance(self, raw: SimState) -> None:
        """Move what accumulates over time on by one control step."""
        horizontal = into_heading(raw.root_quat, raw.lin_vel_w[:, :2])
        velocity = torch.cat([horizontal, raw.ang_vel_b[:, 2:]], dim=-1)
        self._velocity.add(velocity)
        self._heading = self._heading + self._state.reference.velocity[:, 2] * self.sim.control_dt

    def _observe(self, state: StepState) -> Observation:
        privileged = observe(state, self._privileged)
        return Observation(self._history.seen, torch.cat([self._history.newest, privileged], dim=1))

    def _read(self, raw: SimState) -> StepState:
        horizontal = into_heading(raw.root_quat, raw.lin_vel_w[:, :2])
        return StepState(
            joint_pos=raw.joint_pos,
            joint_offset=raw.joint_pos - self.actions.default,
            joint_vel=raw.joint_vel,
            lin_vel_h=torch.cat([horizontal, raw.lin_vel_w[:, 2:]], dim=-1),
            mean_velocity=self._velocity.mean,
            heading_error=wrap_angle(heading(raw.root_quat) - self._heading),
            ang_vel_b=raw.ang_vel_b,
            gravity_b=projected_gravity(raw.root_quat),
            base_height=raw.root_pos[:, 2],
            foot_height=raw.foot_height,
            foot_pos_b=_into_base(raw),
            torque=raw.torque / self._torque_limit,
            action=self._action,
            previous_action=self._previous_action,
            phase=self.phase,
            command=self.command,
            reference=self.series.state(self._coefficients, self.phase),
            unstable=raw.unstable,
            sensed=self._sensed,
            sensed_offset=self._sensed.joint_pos - self.actions.default,
        )

    def _tell(self, raw: SimState) -> None:
        """Tell robots whose command has held long enough another one, and lead all towards what they were told."""
        if not self.commands.changes:
            return
        self._until_next -= 1
        env_ids = (self._until_next <= 0).nonzero().squeeze(-1)
        if len(env_ids):
            told = self.commands.sample(len(env_ids), self.generator)
            self._told = self._told.index_copy(0, env_ids, told)
            self._heading = self._heading.index_copy(0, env_ids, heading(raw.root_quat)[env_ids])
            self._until_next[env_ids] = self.commands.until_next(len(env_ids), self.sim.control_dt, self.generator)
        followed = self.commands.follow(self.command, self._told, self.sim.control_dt)
        led = (followed != self.command).any(dim=1).nonzero().squeeze(-1)
        self.command = followed
        if len(led):
            self._coefficients[led] = self.series.commanded(followed[led])

    def _reset(self, env_ids: Tensor) -> None:
        """Start new episodes: a share standing still at phase 0, the others anywhere on the reference."""
        count, config = len(env_ids), self.config.start
        standing = torch.rand(count, generator=self.generator, device=self.sim.device) < config.standing_share
        phase = torch.rand(count, generator=self.generator, device=self.sim.device) * ~standing
        told = self.commands.sample(count, self.generator)
        begun = self.commands.follow(self.commands.default.expand(count, 3), told, self.sim.control_dt)
        command = torch.where(standing[:, None], begun, told)
        coefficients = self.series.commanded(command)
        start = join_starts(
            standing_start(self._settled, count, config, self.generator),
            reference_start(self.series.state(coefficients, phase), config, self.generator),
            standing[:, None],
        )
        self.sim.reset(env_ids, start)
        self._sensed = self.conditions.restart(self.sim.state(), env_ids)
        self.phase = self.phase.index_copy(0, env_ids, phase)
        self._told = self._told.index_copy(0, env_ids, told)
        self.command = self.command.index_copy(0, env_ids, command)
        self._coefficients[env_ids] = coefficients
        self._action = self._action.index_fill(0, env_ids, 0.0)
        self._previous_action = self._previous_action.index_fill(0, env_ids, 0.0)
        self._velocity.fill(env_ids, command)
        self._until_next[env_ids] = self.commands.until_next(count, self.sim.control_dt, self.generator)
        self._heading = self._heading.index_fill(0, env_ids, 0.0)
        self._steps[env_ids] = 0


def _into_base(raw: SimState) -> Tensor:
    """Soles from the base, in the base frame, shape (N, F, 3)."""
    offset = raw.foot_pos - raw.root_pos[:, None]
    feet = offset.shape[1]
    return rotate_inverse(raw.root_quat.repeat_interleave(feet, dim=0), offset.flatten(0, 1)).unflatten(0, (-1, feet))
