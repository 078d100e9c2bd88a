import pytest
import torch
from standing import standing

from webfoot.errors import ConfigError
from webfoot.sim.cpu import CpuSim
from webfoot.sim.devices import check_device, has_warp, make_sim
from webfoot.sim.ground import Ground
from webfoot.sim.model import SimConfig


def test_the_cpu_is_always_there(duckling):
    check_device("cpu")
    sim = make_sim("cpu", duckling, SimConfig(), 2)
    assert isinstance(sim, CpuSim) and sim.num_envs == 2 and sim.device == torch.device("cpu")


@pytest.mark.skipif(has_warp(), reason="the extra gpu is installed")
def test_without_the_extra_its_installation_is_named():
    with pytest.raises(ConfigError, match=r"--device is 'cuda': .* pip install 'webfoot\[gpu\]'"):
        check_device("cuda")


@pytest.mark.skipif(not has_warp() or torch.cuda.is_available(), reason="the extra gpu is missing, or a GPU is here")
def test_without_a_gpu_what_is_missing_is_named(duckling):
    with pytest.raises(ConfigError, match="--device is 'cuda': torch finds no GPU here"):
        make_sim("cuda", duckling, SimConfig(), 2)


@pytest.mark.skipif(not has_warp() or not torch.cuda.is_available(), reason="no GPU here, or the extra gpu is missing")
def test_a_gpu_steps_as_the_cpu_does(duckling):
    gpu, cpu = (make_sim(device, duckling, SimConfig(), 3) for device in ("cuda", "cpu"))
    start = standing(duckling, 3)
    start.root_pos[:, 2] -= 1e-3  # exactly on the floor, rounding decides whether the soles touch
    for sim in (gpu, cpu):
        sim.reset(torch.arange(3, device=sim.device), moved(start, sim.device))
        for _ in range(20):
            sim.step(start.joint_pos.to(sim.device))
    one, other = gpu.state(), cpu.state()
    assert one.joint_pos.is_cuda
    torch.testing.assert_close(one.joint_pos.cpu(), other.joint_pos, atol=3e-4, rtol=0)
    torch.testing.assert_close(one.foot_height.cpu(), other.foot_height, atol=3e-4, rtol=0)


def moved(start, device):
    return type(start)(*(getattr(start, name).to(device) for name in start.__dataclass_fields__))


def test_the_gpu_has_no_uneven_ground(duckling, monkeypatch):
    monkeypatch.setattr("webfoot.sim.devices.check_device", lambda device: None)
    ground = Ground(duckling, 0.01, 2, seed=0)
    with pytest.raises(ConfigError, match="randomize.unevenness_m is not 0: the GPU has a level floor only"):
        make_sim("cuda", duckling, SimConfig(), 2, ground)
