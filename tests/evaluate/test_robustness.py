import json

import numpy as np
import pytest

from webfoot.errors import ConfigError
from webfoot.evaluate.robustness import Bad, Cell, Row, _worst, try_everywhere
from webfoot.evaluate.robustness_report import lines, margin, title, to_dict, write_robustness
from webfoot.evaluate.scenarios import Suite
from webfoot.evaluate.scene import robot_scene
from webfoot.evaluate.store import load_episodes
from webfoot.pipeline import stage_of
from webfoot.pipeline import try_everywhere as try_file

TINY = Suite(episodes=2, episode_s=1.0)


def row(*survivals, name="latency"):
    return Row(name, tuple(Cell(level, 20, s, 0.1) for level, s in zip((10, 20, 40, 60), survivals, strict=False)))


@pytest.mark.parametrize(
    ("survivals", "level"),
    [
        ((1.0, 1.0, 1.0, 1.0), None),
        ((1.0, 0.95, 0.95, 0.95), None),  # not below
        ((1.0, 1.0, 0.9, 0.0), 30.0),  # half way from 1.0 to 0.9
        ((1.0, 0.95, 0.0, 1.0), 20.0),  # the first time it falls below
        ((0.5, 1.0, 1.0, 1.0), 1.0),  # a tenth of the way from an undisturbed 1.0 to 0.5
        ((0.0, 0.0, 0.0, 0.0), 0.5),
    ],
)
def test_the_margin_is_where_survival_falls_below_95_percent(survivals, level):
    assert row(*survivals).margin == (None if level is None else pytest.approx(level))


def test_a_margin_is_told_with_its_unit():
    assert margin(row(1.0, 1.0, 1.0, 1.0)) == "> 60 ms"
    assert margin(row(1.0, 1.0, 0.9, 0.0)) == "30 ms"
    assert margin(Row("flat", (Cell(0.0, 20, 1.0, 0.1),))) == "–"


def test_the_worst_are_falls_in_mild_worlds_and_of_every_scenario_one_first(walker):
    one = walker(1)
    mild, hard = Bad("latency", 10, 5.0, 0.1, one), Bad("latency", 60, 0.2, 0.9, one)
    soon, late = Bad("slope", 2, 0.5, 0.1, one), Bad("slope", 2, 3.0, 0.1, one)
    upright, slow = Bad("supply", 40, None, 0.2, one), Bad("supply", 40, None, 0.8, one)
    found = _worst([upright, hard, late, slow, mild, soon])
    assert found == [mild, soon, slow, hard, late]
    assert title(soon) == "Slope, any direction 2 deg: fell after 0.5 s"
    assert title(slow) == "Battery voltage missing 40 %: did not fall"


@pytest.fixture(scope="module")
def tried(trained):
    stage, _ = stage_of(trained.run.policy_file, None, None)
    told = []
    names = ("flat", "command_steps", "push_left", "uneven", "worn")
    found = try_everywhere(
        trained.run.policy_file, stage, "tiny", TINY, 5, lambda done, total: told.append((done, total)), names
    )
    return stage, names, found, told


def test_every_level_is_tried_and_progress_is_told(tried):
    _, _, found, told = tried
    assert [(r.name, len(r.cells)) for r in found.rows] == [("flat", 1), ("push_left", 5), ("uneven", 5), ("worn", 4)]
    assert found.left_out == ("command_steps",)
    assert found.num_episodes == 30 and told[-1] == (30, 30)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(found.worst) == 5


def test_the_same_seed_finds_the_same_whatever_runs_beside(trained, tried):
    stage, _, found, _ = tried
    again = try_everywhere(trained.run.policy_file, stage, "tiny", TINY, 5, names=("worn", "push_left"))
    same = {r.name: r.cells for r in found.rows}
    assert {r.name: r.cells for r in again.rows} == {name: same[name] for name in ("worn", "push_left")}
    other = try_everywhere(trained.run.policy_file, stage, "tiny", TINY, 6, names=("worn",))
    assert other.rows[0].cells != same["worn"]


def test_what_was_found_is_written_and_can_be_replayed(tried, tmp_path):
    stage, _, found, _ = tried
    page, document, *rollouts = write_robustness(found, tmp_path, "<duck>", robot_scene(stage.robot))
    told = json.loads(document.read_text())
    assert told == to_dict(found) and told["seed"] == 5 and told["episodes"] == 30
    assert [path.name for path in rollouts] == [f"worst-{n}.npz" for n in range(1, 6)]
    for path, bad in zip(rollouts, found.worst, strict=True):
        saved = load_episodes(path)
        assert saved.num_episodes == 1
        np.testing.assert_allclose(saved.joint_pos, bad.episode.joint_pos, atol=1e-6)
    text = page.read_text()
    assert "&lt;duck&gt;" in text and "<duck>" not in text and "<!--slot" not in text
    assert text.count('<th scope="row">') == len(found.rows)
    assert "Left out, because this policy follows one command: changes of the command." in text


def test_the_map_as_text_has_a_line_for_every_scenario(tried):
    found = tried[2]
    head, *rows, summary = lines(found)
    assert "margin" in head and len(rows) == 4
    assert "Pushed to the left" in rows[1] and "0.8" in rows[1] and "m/s" in rows[1]
    assert summary.startswith("30 episodes of 1 s: at least 95% survive the hardest level of")


def test_there_is_no_other_suite(trained):
    with pytest.raises(ConfigError, match="no suite 'huge'; one of quick, standard, full would be right"):
        try_file(trained.run.policy_file, "huge")
