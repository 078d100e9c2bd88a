import os

import pytest

from webfoot.errors import RunError
from webfoot.runs import Run


def test_a_run_is_a_folder_named_after_its_motion(tmp_path):
    run = Run.create(tmp_path / "runs", "walk")
    assert run.folder.parent == tmp_path / "runs"
    assert "-walk-" in run.name
    assert run.checkpoint_file.parent.is_dir()


def test_a_thousand_runs_of_one_second_do_not_meet(tmp_path):
    names = {Run.create(tmp_path, "walk").name for _ in range(1000)}
    assert len(names) == len(list(tmp_path.iterdir())) == 1000


@pytest.mark.parametrize("name", ["", "../../etc", "0.1_-0.0_0#1", "a b/c", "x" * 300, ".hidden", "Gänge\n"])
def test_whatever_a_motion_is_called_its_run_stays_in_the_folder(tmp_path, name):
    run = Run.create(tmp_path, name)
    assert run.folder.parent == tmp_path
    assert run.folder.is_dir()


def test_a_file_as_folder_for_runs_is_said_so(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(RunError, match=r"taken.*give a.*--out"):
        Run.create(tmp_path / "taken", "walk")
    with pytest.raises(RunError, match=r"cannot be created.*--out"):
        Run.create(tmp_path / "taken" / "below", "walk")


def test_what_is_no_run_is_said_so(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RunError, match=r"not a run folder \(it has no config.yaml\)"):
            Run.open(folder)


def test_only_one_process_trains_in_a_folder(tmp_path):
    run = Run.create(tmp_path, "walk")
    with run.held(), pytest.raises(RunError, match="another process trains here"), Run(run.folder).held():
        pass
    with run.held():
        pass


def test_what_a_killed_process_left_half_written_is_swept_away_and_nothing_else(tmp_path):
    run = Run.create(tmp_path, "walk")
    kept = [run.checkpoint_file, run.policy_file, run.folder / ".notes", run.folder / "mine.tmp"]
    left = [
        run.trial_file,
        run.folder / ".policy.onnx.abc.tmp",
        run.checkpoint_file.with_name(".latest.pt.abc.tmp"),
        run.checkpoint_file.with_name(".trial.onnx.abc.tmp"),
    ]
    for path in (*kept, *left):
        path.write_text("x")
    with run.held():
        assert not any(path.exists() for path in left)
        run.trial_file.write_text("x")
    assert not run.trial_file.exists()
    assert all(path.exists() for path in kept)


def test_files_of_a_run_lie_within_it(tmp_path):
    run = Run(tmp_path)
    names = [name for name, value in vars(Run).items() if isinstance(value, property) and name != "name"]
    assert len(names) >= 10
    for name in names:
        assert os.path.commonpath([tmp_path, getattr(run, name)]) == str(tmp_path)
