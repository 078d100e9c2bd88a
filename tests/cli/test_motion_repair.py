"""`motion repair` and what `motion inspect` shows: text, JSON, and a page."""

import json

import numpy as np
import pytest

from webfoot.cli.app import main
from webfoot.motion.bundled import generate_bundled
from webfoot.motion.formats import webfoot_npz


@pytest.fixture
def spiked(tmp_path):
    clip = generate_bundled("duckling", "walk")
    clip.joint_pos[12, 2] += 0.4
    webfoot_npz.write(clip, tmp_path / "spiked.npz")
    return tmp_path / "spiked.npz"


def test_repair_says_what_it_did_and_writes_the_mended_clip(spiked, tmp_path, capsys):
    out = tmp_path / "mended.npz"
    assert main(["motion", "repair", str(spiked), str(out)]) == 0
    shown = capsys.readouterr()
    assert shown.out.strip() == str(out) and "1 single wrong frame replaced in left_hip_pitch" in shown.err
    good = generate_bundled("duckling", "walk").joint_pos
    assert np.abs(webfoot_npz.read(out)[0].joint_pos - good).max() < 0.02


def test_repair_of_a_sound_clip_says_that_there_is_nothing_to_do(tmp_path, capsys):
    assert main(["motion", "repair", "walk", str(tmp_path / "walk.npz")]) == 0
    assert "nothing to repair" in capsys.readouterr().err


def test_repair_refuses_an_ending_that_is_not_written(tmp_path, capsys):
    assert main(["motion", "repair", "walk", str(tmp_path / "walk.xyz")]) == 2
    assert "formats that are written end in" in capsys.readouterr().err


def test_inspection_shows_code_score_and_cure(spiked, capsys):
    assert main(["motion", "inspect", str(spiked)]) == 0
    shown = capsys.readouterr().out
    assert "warning: spike: frame 12 of joint 'left_hip_pitch'" in shown and "score 0." in shown


def test_inspection_of_a_folder_tells_what_the_library_covers(tmp_path, capsys):
    for name in ("walk", "turn_left"):
        webfoot_npz.write(generate_bundled("duckling", name), tmp_path / f"{name}.npz")
    assert main(["motion", "inspect", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["coverage"]["clips"] == 2 and not found["coverage"]["serves"]["stepping left"]
    assert found["clips"][0]["score"]["value"] > 0.9


def test_the_page_is_one_file_that_loads_nothing(spiked, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["motion", "inspect", str(spiked), "--plots", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "spike" in text and text.count("<svg") >= 12 and "http" not in text.replace("http://www.w3.org", "")


def test_the_page_keeps_its_curves_large_and_in_columns(tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["motion", "inspect", "walk", "--plots", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure") == text.count('<figure class="card small">') == 12
    assert '<p class="none">nothing to report</p>' in text
