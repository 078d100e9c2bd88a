import io
import json
import shutil
import zipfile

import onnx
import pytest
import yaml
from hand_walk import run_folder
from rows import keep, training_row

from webfoot.config import parse_config
from webfoot.web.results.readme import COMMAND, readme
from webfoot.web.states import State
from webfoot_runtime.policy import OnnxPolicy

WHOLE = ["policy.onnx", "report.html", "report.json", "rollout.npz"]


@pytest.fixture
def ended(caller, service, trained):
    """Owner and id of a session that has ended as a real training did."""
    owner = caller()
    asked = {"epochs": 3, "hidden_size": 64}
    id = keep(service, training_row(owner.user_id, State.COMPLETED, passed=False, parameters=asked, name="A *walk*"))
    folder = run_folder(service, id)
    for file in (*WHOLE, "config.yaml"):
        shutil.copy(trained.run.folder / file, folder)
    return owner, id, folder


def bundle_of(owner, id):
    answer = owner("GET", f"/api/v1/sessions/{id}/bundle")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=webfoot-{id}.zip"
    return answer.data


def test_a_bundle_holds_all_and_its_policy_runs(ended, tmp_path):
    owner, id, folder = ended
    with zipfile.ZipFile(io.BytesIO(bundle_of(owner, id))) as archive:
        assert archive.testzip() is None
        top = f"webfoot-{id}"
        names = sorted(archive.namelist())
        assert names == sorted(f"{top}/{n}" for n in [*WHOLE, "README.md", "configuration.yaml", "contract.json"])
        for name in WHOLE:
            assert archive.read(f"{top}/{name}") == (folder / name).read_bytes()
        (tmp_path / "policy.onnx").write_bytes(archive.read(f"{top}/policy.onnx"))
        told = archive.read(f"{top}/README.md").decode()
        options = yaml.safe_load(archive.read(f"{top}/configuration.yaml"))
        contract = json.loads(archive.read(f"{top}/contract.json"))
    policy = OnnxPolicy(tmp_path / "policy.onnx")
    assert policy.verify_golden() < 1e-5
    assert contract == policy.contract
    assert "It did not pass its validation." in told and f"{COMMAND} --motion walk --robot duckling" in told
    stored = yaml.safe_load((folder / "config.yaml").read_text())
    assert options == {"session_id": id, "robot": "duckling", "motion": "walk", "config": stored["config"]}
    parse_config(options["config"])


def test_the_same_files_make_the_same_bundle(ended):
    owner, id, _ = ended
    assert bundle_of(owner, id) == bundle_of(owner, id)


def test_a_video_comes_along_where_there_is_one(ended):
    owner, id, folder = ended
    (folder / "preview.webm").write_bytes(b"moving pictures")
    with zipfile.ZipFile(io.BytesIO(bundle_of(owner, id))) as archive:
        assert archive.read(f"webfoot-{id}/preview.webm") == b"moving pictures"


@pytest.mark.parametrize("what", ["bundle", "contract"])
def test_without_a_policy_there_is_neither_bundle_nor_contract(ended, what, caller):
    owner, id, folder = ended
    (folder / "policy.onnx").unlink()
    answer = owner("GET", f"/api/v1/sessions/{id}/{what}")
    assert answer.status_code == 404
    assert answer.json["error"].startswith(f"session {id} has no policy; it comes with the validation")
    assert caller()("GET", f"/api/v1/sessions/{id}/{what}").json["error"] == f"there is no session {id}"


def test_the_contract_is_read_out_of_the_file(ended):
    owner, id, folder = ended
    answer = owner("GET", f"/api/v1/sessions/{id}/contract")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    metadata = {entry.key: entry.value for entry in onnx.load(folder / "policy.onnx").metadata_props}
    assert answer.text == metadata["webfoot_contract"]


def test_a_broken_policy_has_no_contract_and_still_a_bundle(ended):
    owner, id, folder = ended
    (folder / "policy.onnx").write_bytes(b"no policy")
    assert owner("GET", f"/api/v1/sessions/{id}/contract").status_code == 400
    with zipfile.ZipFile(io.BytesIO(bundle_of(owner, id))) as archive:
        assert f"webfoot-{id}/contract.json" not in archive.namelist()


def test_options_of_what_has_not_begun_are_those_that_were_asked_for(caller, service):
    owner = caller()
    row = training_row(owner.user_id, State.QUEUED, parameters={"hidden_size": 64})
    told = owner("GET", f"/api/v1/sessions/{keep(service, row)}/configuration").json
    assert (told["config"]["ppo"]["hidden_size"], told["config"]["epochs"]) == (64, 400)


def test_a_readme_names_no_robot_that_a_command_line_does_not_know():
    row = training_row(1, State.COMPLETED, id=7, robot="robot:3@1", name="a\n`b`", passed=True)
    assert "# a `b`\n" in readme(row)
    assert f"```\n{COMMAND}\n```" in readme(row)
