import subprocess
import sys

import pytest

from webfoot.errors import PolicyError
from webfoot.export.footprint import measure_footprint


def test_a_fresh_process_tells_what_a_policy_takes(policy_path):
    footprint = measure_footprint(policy_path, processes=1)
    assert footprint.file_kb == policy_path.stat().st_size / 1000
    assert min(footprint.import_s, footprint.load_s, footprint.first_s) > 0
    assert footprint.cold_start_s == footprint.import_s + footprint.load_s + footprint.first_s
    assert 0 < footprint.memory_mb < footprint.process_mb < 300


def test_what_is_measured_is_the_runtime_alone():
    program = "import sys, webfoot.export.footprint; print(sorted({'torch', 'mujoco', 'onnx'} & sys.modules.keys()))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == "[]"


def test_a_broken_file_is_named_before_a_process_starts(tmp_path):
    (tmp_path / "policy.onnx").write_bytes(b"hello")
    with pytest.raises(PolicyError, match="policy.onnx: is not one whole ONNX model"):
        measure_footprint(tmp_path / "policy.onnx")
