import mujoco
import pytest

from webfoot.robots.silence import silence_warnings
from webfoot.robots.table import load_robot


@pytest.fixture
def no_handler():
    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(None)
    yield
    mujoco.set_mju_user_warning(before)


def blow_up(model):
    data = mujoco.MjData(model)
    data.qvel[:] = 1e30
    mujoco.mj_step(model, data)
    return data


def test_a_simulation_that_blows_up_is_counted_and_writes_nothing(no_handler, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    data = blow_up(load_robot("duckling").model)
    assert data.warning[mujoco.mjtWarning.mjWARN_BADQVEL].number == 1
    assert list(tmp_path.iterdir()) == [] and capfd.readouterr() == ("", "")


def test_a_handler_that_somebody_has_set_stays(no_handler):
    heard = []
    mujoco.set_mju_user_warning(heard.append)
    silence_warnings()
    blow_up(load_robot("duckling").model)
    assert len(heard) == 1 and "QVEL" in heard[0]
