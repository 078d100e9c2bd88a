import pickle

import pytest
import torch

from webfoot.errors import RunError
from webfoot.learn.checkpoint import load_checkpoint, save_checkpoint

STATE = {"iteration": 7, "best": [0.5, {"weight": torch.arange(3.0)}], "rng": torch.get_rng_state(), "name": "walk"}


@pytest.fixture
def path(tmp_path):
    save_checkpoint(STATE, tmp_path / "last.pt")
    return tmp_path / "last.pt"


def test_what_was_saved_comes_back(path):
    state = load_checkpoint(path)
    assert (state["iteration"], state["name"], state["best"][0]) == (7, "walk", 0.5)
    assert torch.equal(state["best"][1]["weight"], torch.arange(3.0))
    assert torch.equal(state["rng"], STATE["rng"])


def test_a_checkpoint_replaces_the_one_before_and_leaves_nothing_beside_it(path):
    save_checkpoint({"iteration": 8}, path)
    assert load_checkpoint(path)["iteration"] == 8
    assert [file.name for file in path.parent.iterdir()] == ["last.pt"]


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(path):
    with pytest.raises((AttributeError, pickle.PicklingError)):
        save_checkpoint({"iteration": lambda: 8}, path)
    assert load_checkpoint(path)["iteration"] == 7
    assert [file.name for file in path.parent.iterdir()] == ["last.pt"]


def test_no_checkpoint_is_said_so(tmp_path):
    with pytest.raises(RunError, match="last.pt: no checkpoint here"):
        load_checkpoint(tmp_path / "last.pt")


def test_a_folder_is_not_a_checkpoint(tmp_path):
    with pytest.raises(RunError, match="not a readable checkpoint"):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_half_a_checkpoint_is_refused_in_one_sentence(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RunError, match=r"last\.pt: (not a readable checkpoint|holds more than)"):
        load_checkpoint(path)


@pytest.mark.parametrize("content", [b"walk", b"\x80\x04N.", b"{}", b"PK\x03\x04"])
def test_what_is_no_checkpoint_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"last\.pt: "):
        load_checkpoint(path)


class Trap:
    """Would create a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("write", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))])
def test_code_in_a_checkpoint_is_not_run(tmp_path, path, write):
    write({"format": "webfoot-checkpoint/1", "x": Trap(tmp_path / "trapped")}, path)
    with pytest.raises(RunError, match="holds more than tensors and numbers"):
        load_checkpoint(path)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("value", [{"iteration": 3}, [1, 2], {"format": "webfoot-checkpoint/0"}])
def test_a_file_of_another_kind_names_the_version_it_should_be(path, value):
    torch.save(value, path)
    with pytest.raises(RunError, match=r"not a checkpoint of this version \(webfoot-checkpoint/"):
        load_checkpoint(path)
