import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

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


def built(folder: Path) -> set[str]:
    """Names of the files in a wheel that is made of a copy of the source, without a network."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "src" / "webfoot", folder / "src" / "webfoot", ignore=shutil.ignore_patterns("__pycache__"))
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", str(folder), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_a_wheel_holds_every_file_of_the_source_data_too(tmp_path):
    wheel = {name for name in built(tmp_path) if name.startswith("webfoot/")}
    source = {path.relative_to(tmp_path / "src").as_posix() for path in tmp_path.glob("src/**/*") if path.is_file()}
    assert wheel == {name for name in source if name.startswith("webfoot/")}
    missing = [kind for kind in KINDS if not any(Path(name).match(f"webfoot/{kind}") for name in wheel)]
    assert not missing
