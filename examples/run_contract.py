"""Positions of a robot that walks by a policy and its contract alone: python run_contract.py policy.onnx robot.xml"""

import json
import sys

import mujoco
import numpy as np
import onnxruntime


def walk(policy, mjcf, steps=200, start=None):  # start: qpos and qvel; else as the contract's reset says
    session = onnxruntime.InferenceSession(policy)
    said = json.loads(session.get_modelmeta().custom_metadata_map["webfoot_contract"])
    joints, terms, clock = said["joints"], said["observation"]["terms"], said["phase"] or {}
    dt, physics_dt, default = said["control"]["control_dt"], said["control"]["physics_dt"], joints["default_pos"]
    model = mujoco.MjModel.from_xml_path(mjcf)
    model.opt.timestep, data = physics_dt, mujoco.MjData(model)
    ids = [model.joint(name).id for name in joints["names"]]
    at, dof, ctrl = model.jnt_qposadr[ids], model.jnt_dofadr[ids], [*map([*model.actuator_trnid[:, 0]].index, ids)]
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.ctrl[ctrl] = data.qpos[at] = default
    mujoco.mj_step(model, data, round(said["reset"]["settle_s"] / physics_dt))
    start, data = start or (data.qpos * [0, 0, *[1] * (model.nq - 2)], 0), mujoco.MjData(model)  # settled, at rest
    data.qpos[:], data.qvel[:] = start
    phi, action, seen = clock.get("initial", 0), np.zeros(len(ids)), [[t["initial"]] * t["history"] for t in terms]
    for _ in range(steps):
        (w, x, y, z), qpos, qvel = np.float32(data.qpos[3:7]), np.float32(data.qpos), np.float32(data.qvel)
        now = {"gyro": qvel[3:6], "joint_pos": qpos[at] - default, "joint_vel": qvel[dof], "last_action": action}
        now["projected_gravity"] = 2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1
        now |= {"phase": [np.cos(2 * np.pi * phi), np.sin(2 * np.pi * phi)], "command": said["command"]["default"]}
        seen = [[now[t["name"]], *old][: t["history"]] for t, old in zip(terms, seen, strict=True)]  # newest first
        obs = np.concatenate([np.ravel(s) * t["scale"] for s, t in zip(seen, terms, strict=True)], dtype="f4")
        (action,), (data.ctrl[ctrl],) = session.run(["actions", "joint_pos_target"], {"obs": obs[None]})
        mujoco.mj_step(model, data, round(dt / physics_dt))
        phi = (phi + dt / clock.get("period_s", 1)) % 1
        yield data.qpos.copy()


if __name__ == "__main__":
    print(f"{list(walk(*sys.argv[1:3]))[-1][0]:.3f} m in 200 control steps")
