"""The shape of the program: who may import whom, and how big a room may be."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "webfoot"
RUNTIME = ROOT / "runtime" / "src" / "webfoot_runtime"

LAYERS = [
    {"counted", "errors", "interrupt"},
    {"limits", "yaml_table"},
    {"robots"},
    {"motion", "sim"},
    {"task"},
    {"learn"},
    {"export", "monitor"},
    {"evaluate"},
    {"recipes"},
    {"config"},
    {"runs"},
    {"validation"},
    {"training"},
    {"pipeline"},
    {"web"},
    {"cli"},
]
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
DOORS = {"__init__", "__main__"}
"""Modules of the package itself, which may show anything below the command line."""

ONLY_IN = {
    "flask": {"web"},
    "celery": {"web"},
    "sqlalchemy": {"web"},
    "rsl_rl": {"learn"},
    "mjbatch": {"sim"},
    "mujoco_warp": {"sim"},
    "warp": {"sim"},
    "mink": {"motion"},
    "tyro": {"cli"},
    "onnxruntime": {"export"},  # its quantizer; sessions are of the runtime, which stands below all parts
}
"""Libraries that one part hides from all others."""

FILES = sorted(SRC.rglob("*.py"))
RUNTIME_FILES = sorted(RUNTIME.rglob("*.py"))
MOST_LINES = 400


def part_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported_modules(tree: ast.AST) -> set[str]:
    """Full names of everything imported anywhere in a file, lazily too."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def wrong_imports(tree: ast.AST, part: str) -> list[str]:
    """Imports of a file of `part` that do not point to a lower layer."""
    used = {name.split(".")[1] for name in imported_modules(tree) if name.startswith("webfoot.")} - {"__version__"}
    return sorted(name for name in used - {part} if name in DOORS or RANK[name] >= RANK[part])


def test_every_part_has_a_layer():
    parts = {part_of(path) for path in FILES} - DOORS
    assert parts <= RANK.keys(), parts - RANK.keys()


@pytest.mark.parametrize("path", [p for p in FILES if part_of(p) not in DOORS], ids=lambda p: str(p.relative_to(SRC)))
def test_imports_only_point_down(path):
    assert not wrong_imports(parse(path), part_of(path))


def test_the_check_sees_imports_that_point_up_or_aside():
    lines = (
        "from webfoot.sim.cpu import CpuSim\ndef f():\n    import webfoot.task.walk\nfrom webfoot.robots import spec"
    )
    assert wrong_imports(ast.parse(lines), "motion") == ["sim", "task"]
    assert wrong_imports(ast.parse("from webfoot import cli"), "web") == ["cli"]


@pytest.mark.parametrize(("library", "parts"), ONLY_IN.items(), ids=ONLY_IN)
def test_a_library_occurs_only_where_it_is_hidden(library, parts):
    users = {
        part_of(p) for p in FILES if any(name.split(".")[0].startswith(library) for name in imported_modules(parse(p)))
    }
    assert users <= parts, users - parts


@pytest.mark.parametrize("path", RUNTIME_FILES, ids=lambda p: p.name)
def test_the_runtime_needs_numpy_and_onnxruntime_alone(path):
    used = {name.split(".")[0] for name in imported_modules(parse(path))} - sys.stdlib_module_names
    assert used <= {"webfoot_runtime", "numpy", "onnxruntime"}


@pytest.mark.parametrize("module", ["webfoot", "webfoot.errors", "webfoot_runtime", "webfoot_runtime.errors"])
def test_importing_the_package_loads_nothing_heavy(module):
    heavy = {"torch", "mujoco", "onnx", "onnxruntime", "rsl_rl", "flask", "celery", "sqlalchemy", "ray", "optuna"}
    program = f"import sys, {module}; sys.exit(' '.join({heavy!r} & sys.modules.keys()) or 0)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("module", ["webfoot.robots.table", "webfoot.motion.read"])
def test_robots_and_motions_need_no_torch(module):
    program = f"import sys, {module}; sys.exit('torch is loaded' if 'torch' in sys.modules else 0)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def test_no_file_is_longer_than_it_may_be():
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in (*FILES, *RUNTIME_FILES)}
    assert not {str(p.relative_to(ROOT)): count for p, count in lines.items() if count > MOST_LINES}


def test_no_file_guards_imports_for_type_checkers():
    guarded = [
        str(p.relative_to(ROOT)) for p in (*FILES, *RUNTIME_FILES) if "TYPE_CHECKING" in p.read_text(encoding="utf-8")
    ]
    assert not guarded, "a guard shows a layer error"


def test_every_module_says_what_it_is():
    silent = [
        str(p.relative_to(ROOT)) for p in (*FILES, *RUNTIME_FILES) if parse(p).body and not ast.get_docstring(parse(p))
    ]
    assert not silent


def test_only_the_command_line_prints():
    printing = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path in FILES
        if part_of(path) != "cli"
        for node in ast.walk(without_main(parse(path)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def without_main(tree: ast.Module) -> ast.Module:
    """The module less its `if __name__ == "__main__"` block."""
    body = [node for node in tree.body if not (isinstance(node, ast.If) and "__main__" in ast.dump(node.test))]
    return ast.Module(body, [])


def test_nothing_above_the_robots_knows_a_joint_of_theirs():
    """Formats and profiles that fix a joint order may name joints; they describe files of others, not the robot."""
    joints = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "neck_pitch", "head_yaw")
    knowing = [
        f"{path.relative_to(SRC)}: {node.value}"
        for path in FILES
        if part_of(path) != "robots" and not {"formats", "profiles"} & set(path.parts)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(joints)
    ]
    assert not knowing
