import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import webfoot
import webfoot_runtime

ROOT = Path(__file__).parents[1]
KINDS = (
    "web/migrations/env.py",
    "web/migrations/script.py.mako",
    "web/migrations/versions/0001_*.py",
    "web/templates/*.html",
    "web/templates/training/*.html",
    "web/templates/security/*.html",
    "web/static/*.svg",
    "export/*.schema.json",
    "robots/assets/*/*.xml",
    "robots/assets/*/*.npz",
)
"""One of each at least; the comparison with the source says of all the others."""


def built(folder: Path, source: Path) -> set[str]:
    """Names of the files in a wheel that is made of a copy of the source, without a network."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(source / name, folder)
    shutil.copytree(source / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", str(folder), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    ("source", "name", "kinds"), [(ROOT, "webfoot", KINDS), (ROOT / "runtime", "webfoot_runtime", ())]
)
def test_a_wheel_holds_every_file_of_the_source_data_too(tmp_path, source, name, kinds):
    wheel = {file for file in built(tmp_path, source) if file.startswith(f"{name}/")}
    source = {path.relative_to(tmp_path / "src").as_posix() for path in tmp_path.glob("src/**/*") if path.is_file()}
    assert wheel == {file for file in source if file.startswith(f"{name}/")}
    assert not [kind for kind in kinds if not any(Path(file).match(f"{name}/{kind}") for file in wheel)]


def test_webfoot_asks_for_the_runtime_of_its_own_version():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert f"webfoot-runtime=={webfoot.__version__}" in asked and webfoot_runtime.__version__ == webfoot.__version__


def test_both_carry_the_same_licence():
    assert (ROOT / "runtime" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
