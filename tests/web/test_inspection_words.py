"""An inspection for people: verdict, sentences, cures that a button applies."""

import numpy as np
import pytest
from uploading import BACK, WALK, uploaded

from webfoot.motion.formats.webfoot_npz import write
from webfoot.motion.read import read_motions
from webfoot.motion.variants import change_speed
from webfoot.robots.table import load_robot
from webfoot.web.words.motion_words import explained, slowing, walk_words


def finding(code="jitter", severity="warning", **given):
    about = {"message": "joints shake", "cure": "motion repair low-passes it", "value": None, "limit": None}
    return {"code": code, "severity": severity, **about, **given}


def report_of(*clips):
    """Of clips that are called a, b, ... and have these findings."""
    score = {"value": 0.9, "parts": [{"name": "balance", "value": 0.9, "why": "it leans"}]}
    return {
        "clips": [
            {
                "name": chr(ord("a") + number),
                "usable": all(one["severity"] != "error" for one in findings),
                "score": score,
                "metrics": {"duration_s": 1.5},
                "findings": findings,
            }
            for number, findings in enumerate(clips)
        ]
    }


def test_a_clip_without_findings_fits():
    told = explained(report_of([]), "duckling", None, can_mend=True)
    assert (told["verdict"], told["remarks"]) == ("fit", [])
    assert told["sentence"] == "This motion fits duckling: nothing speaks against training on it."


def test_something_to_know_is_no_remark_against_it():
    assert explained(report_of([finding(severity="info")]), "otter", None, can_mend=True)["verdict"] == "fit"


def test_an_error_comes_first_and_decides():
    told = explained(report_of([finding(), finding("degrees", "error")]), "otter", None, can_mend=True)
    assert told["verdict"] == "unfit" and told["sentence"] == "This motion cannot be trained on with otter."
    assert [remark["severity"] for remark in told["remarks"]] == ["error", "warning"]


def test_a_cure_of_the_command_line_becomes_a_button():
    (remark,) = explained(report_of([finding()]), "otter", None, can_mend=True)["remarks"]
    assert (remark["message"], remark["cure"]) == ("Joints shake.", "“Repair” low-passes it.")
    assert remark["cures"] == [{"label": "Repair", "mend": {"repair": True}}]
    signs = finding("joint_sign", cure="turn the sign of that column (motion repair --fix-joints does)")
    (remark,) = explained(report_of([signs]), "otter", None, can_mend=True)["remarks"]
    assert remark["cures"] == [{"label": "Repair the joints", "mend": {"fix_joints": True}}]
    assert "--" not in remark["cure"]


def test_a_motion_of_somebody_else_has_no_button_that_changes_it():
    fast = finding("servo_speed", value=10.0, limit=5.0, cure="slow the clip down (motion augment --speed)")
    told = explained(report_of([finding(), fast]), "otter", None, can_mend=False)
    cures = [cure for remark in told["remarks"] for cure in remark["cures"]]
    assert cures == [{"label": "Shrink it in preparation", "option": {"prepare.clip_speed": True}}]


def test_a_clip_is_slowed_until_its_fastest_joint_keeps_below_its_servo():
    fast = [
        finding("servo_speed", message="left: 7.1 rad/s", value=7.1, limit=5.2),
        finding("servo_speed", message="right: 5.5 rad/s", value=5.5, limit=5.2),
    ]
    assert slowing(fast) == pytest.approx(0.65)  # 0.95 * 5.2 / 7.1 = 0.696
    assert slowing([finding()]) is None
    (one,) = explained(report_of(fast[::-1]), "otter", None, can_mend=True)["remarks"]
    assert one["cures"][0] == {"label": "Slow it to 0.65×", "mend": {"speed": 0.65}}
    assert (one["message"], one["others"]) == ("Left: 7.1 rad/s.", ["Right: 5.5 rad/s."])  # the fastest first


def test_of_a_library_like_findings_are_one_remark():
    report = report_of([finding()], [finding(), finding("seam")], [])
    told = explained(report, "otter", None, can_mend=True)
    assert [(remark["code"], remark["clips"], remark["clip"]) for remark in told["remarks"]] == [
        ("jitter", 2, "a"),
        ("seam", 1, "b"),
    ]
    assert (told["clip_count"], told["clips"]) == (3, ["a", "b", "c"])
    assert told["facts"] == [{"label": "Clips", "value": "3"}, {"label": "Duration", "value": "4 s"}]
    one = explained(report, "otter", "c", can_mend=True)
    assert (one["verdict"], one["clip_count"], one["clips"]) == ("fit", 1, [])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((0.1, 0.0, 0.0), "forwards at 0.10 m/s"),
        ((-0.08, 0.0, 0.0), "backwards at 0.08 m/s"),
        ((0.1, -0.06, 0.5), "forwards at 0.10 m/s, to the right at 0.06 m/s, turning left at 0.50 rad/s"),
        ((0.0, 0.0, 0.0), "on the spot"),
        ((None, 0.0, 0.0), None),
    ],
)
def test_a_command_is_said_in_words(command, words):
    assert walk_words(*command) == words


def inspection(caller, motion, robot="duckling"):
    return caller("GET", "/api/v1/inspection", query_string={"motion": motion, "robot": robot})


def test_a_bundled_walk_is_inspected_for_whoever_may_log_in(caller):
    told = inspection(caller("viewer"), "walk").json
    assert (told["verdict"], told["mendable"], told["robot"]) == ("fit", None, "duckling")
    facts = {fact["label"]: fact["value"] for fact in told["facts"]}
    assert facts["Walks"] == "forwards at 0.10 m/s" and facts["Frames"] == "26 at 50 Hz"
    assert 0 < told["score"] <= 1 and told["reasons"][0]["value"] == min(part["value"] for part in told["reasons"])


def test_an_uploaded_motion_is_inspected_for_another_robot_than_it_came_for(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true", name="both")
    reference = f"motion:{made['id']}"
    assert inspection(trainer, reference).json["mendable"] == made["id"]
    assert inspection(trainer, f"{reference}@1#back").json["name"] == "back"
    other = inspection(trainer, reference, "otter").json
    assert (other["verdict"], other["robot"], other["clip_count"]) == ("unfit", "otter", 2)
    assert inspection(trainer, reference, "otter").json == other
    friend = caller()
    assert inspection(friend, reference).json["error"] == f"there is no motion {made['id']}"


@pytest.mark.parametrize(
    ("motion", "robot", "status"),
    [("gallop", "duckling", 400), ("walk", "horse", 400), ("motion:9", "duckling", 404), ("../walk", "duckling", 400),
     ("walk", "robot:1#x", 400), ("trot", "duckling", 400), ("m" * 300, "duckling", 422), ("", "duckling", 422)],
)  # fmt: skip
def test_what_there_is_not_is_refused_in_one_sentence(caller, motion, robot, status):
    answer = inspection(caller(), motion, robot)
    assert answer.status_code == status and "\n" not in answer.json["error"]


def fast_walk(tmp_path):
    """The duckling's walk, three times as fast as its servos allow."""
    robot = load_robot("duckling")
    (tmp_path / "walk.npz").write_bytes(WALK)
    (walk,) = read_motions(tmp_path / "walk.npz", robot)
    fast = change_speed(walk, robot, 0.5)
    quick = type(fast)(**{**vars(fast), "fps": 3 * walk.fps, "name": "fast"})
    write(quick, tmp_path / "fast.npz")
    return (tmp_path / "fast.npz").read_bytes()


def test_a_motion_that_is_too_fast_is_slowed_by_its_button(caller, tmp_path):
    trainer = caller()
    made = uploaded(trainer, "motions", {"fast.npz": fast_walk(tmp_path)})
    before = inspection(trainer, f"motion:{made['id']}").json
    too_fast = next(remark for remark in before["remarks"] if remark["code"] == "servo_speed")
    answer = trainer("POST", f"/api/v1/motions/{made['id']}/mend", json=too_fast["cures"][0]["mend"])
    assert answer.status_code == 201, answer.json
    assert (answer.json["number"], answer.json["is_new"], answer.json["filename"]) == (2, True, "fast.npz")
    assert "played at" in answer.json["done"][0]
    after = inspection(trainer, f"motion:{made['id']}").json
    assert not [remark for remark in after["remarks"] if remark["code"] == "servo_speed"]
    assert inspection(trainer, f"motion:{made['id']}@1").json["remarks"] == before["remarks"]


def spiked(tmp_path):
    """The duckling's walk with one frame of one joint gone wild."""
    robot = load_robot("duckling")
    (tmp_path / "walk.npz").write_bytes(WALK)
    (walk,) = read_motions(tmp_path / "walk.npz", robot)
    angles = np.tile(walk.joint_pos, (4, 1))
    angles[50, 2] += 1.5
    write(type(walk)("spiked", walk.fps, walk.joint_names, angles, loop=True), tmp_path / "spiked.npz")
    return (tmp_path / "spiked.npz").read_bytes()


def test_a_repair_makes_another_version_of_every_clip_and_is_the_same_one_twice(caller, tmp_path):
    trainer = caller()
    files = {"walk.npz": WALK, "spiked.npz": spiked(tmp_path)}
    made = uploaded(trainer, "motions", files, library="true", name="mixed")
    path = f"/api/v1/motions/{made['id']}/mend"
    assert "spike" in [remark["code"] for remark in inspection(trainer, f"motion:{made['id']}").json["remarks"]]
    first = trainer("POST", path, json={"repair": True})
    assert first.status_code == 201 and first.json["number"] == 2 and first.json["filename"] == "mixed.zip"
    after = inspection(trainer, f"motion:{made['id']}").json
    assert after["clip_count"] == 2 and "spike" not in [remark["code"] for remark in after["remarks"]]
    again = trainer("POST", path, json={"repair": True, "version": 1})
    assert (again.status_code, again.json["number"], again.json["is_new"]) == (200, 2, False)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "nothing is asked"),
        ({"speed": 0}, "field 'speed'"),
        ({"speed": "fast"}, "field 'speed'"),
        ({"repair": True, "version": 7}, "has no version 7"),
        ({"repair": True, "robot": "../../etc"}, "unknown robot '../../etc'"),
        ({"repair": True, "cure": "all"}, "field 'cure'"),
        ({"speed": 10}, "cannot be made faster"),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_no_version(caller, tmp_path, asked, sentence):
    trainer = caller()
    made = uploaded(trainer, "motions", {"fast.npz": fast_walk(tmp_path)})
    answer = trainer("POST", f"/api/v1/motions/{made['id']}/mend", json=asked)
    assert 400 <= answer.status_code < 500 and sentence in answer.json["error"], answer.json
    assert "/" not in answer.json["error"].replace("../../etc", "").replace("rad/s", "")
    assert trainer("GET", f"/api/v1/motions/{made['id']}").json["version_count"] == 1


def test_only_its_owner_mends_a_motion(caller):
    owner = caller()
    made = uploaded(owner, "motions", {"walk.npz": WALK})
    path = f"/api/v1/motions/{made['id']}/mend"
    friend = caller()
    assert friend("POST", path, json={"repair": True}).status_code == 404
    owner("POST", f"/api/v1/motions/{made['id']}/shares", json={"email": friend.email})
    assert inspection(friend, f"motion:{made['id']}").json["mendable"] is None
    assert friend("POST", path, json={"repair": True}).status_code == 403
    assert caller("viewer")("POST", path, json={"repair": True}).status_code == 403


def test_a_full_quota_refuses_a_version_more(caller):
    trainer = caller(storage_gb=1.2 * len(WALK) / 1e9)
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    answer = trainer("POST", f"/api/v1/motions/{made['id']}/mend", json={"speed": 0.5})
    assert answer.status_code == 429 and "delete a motion" in answer.json["error"]


def gapped(tmp_path, frames):
    """The duckling's walk, recorded four times in a row, with one joint lost in some frames."""
    robot = load_robot("duckling")
    (tmp_path / "walk.npz").write_bytes(WALK)
    (walk,) = read_motions(tmp_path / "walk.npz", robot)
    angles = np.tile(walk.joint_pos, (4, 1))
    angles[frames, 2] = np.nan
    write(type(walk)("gapped", walk.fps, walk.joint_names, angles, loop=True), tmp_path / "gapped.npz")
    return (tmp_path / "gapped.npz").read_bytes()


def test_frames_without_numbers_are_filled_by_a_button_where_the_gap_is_short(caller, tmp_path):
    trainer = caller()
    made = uploaded(trainer, "motions", {"gapped.npz": gapped(tmp_path, slice(50, 53))})
    assert not made["latest"]["usable"]
    told = inspection(trainer, f"motion:{made['id']}").json
    (broken,) = [remark for remark in told["remarks"] if remark["code"] == "broken_number"]
    assert broken["message"].startswith("3 joint angles are no numbers within")
    assert broken["cure"] == "“Repair” interpolates gaps of at most 6 frames."
    (cure,) = broken["cures"]
    mended = trainer("POST", f"/api/v1/motions/{made['id']}/mend", json=cure["mend"])
    assert (mended.status_code, mended.json["usable"]) == (201, True)
    assert "3 numbers in gaps of at most 6 frames interpolated" in " ".join(mended.json["done"])
    long = uploaded(trainer, "motions", {"gapped.npz": gapped(tmp_path, slice(50, 60))})
    told = inspection(trainer, f"motion:{long['id']}").json
    (broken,) = [remark for remark in told["remarks"] if remark["code"] == "broken_number"]
    assert broken["cures"] == [] and broken["cure"].startswith("Cut these frames: what happens in a gap of more than 6")
