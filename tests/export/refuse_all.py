"""Tries every file of a folder as a policy, or as a contract, and prints what came of it; a process of its own.

Every file that Python opens is told by an audit hook; what libraries open below Python is seen by inotify, by whoever
started this. Run as `python refuse_all.py FOLDER SOUND`, with a sound policy that is tried before anything is watched,
so that every module is imported then; prints one JSON document.
"""

import json
import resource
import sys
import time
from pathlib import Path

from webfoot.errors import WebfootError
from webfoot.export.check import check_policy
from webfoot.export.contract import parse_contract
from webfoot_runtime.layout import parse_layout
from webfoot_runtime.policy import OnnxPolicy


def refused_by(path: Path) -> dict[str, str]:
    """The sentence of every door that refuses a file."""
    doors = {"check": check_file, "run": lambda p: OnnxPolicy(p) and []}
    if path.suffix == ".json":
        doors = {"schema": check_contract, "run": check_layout}
    said = {}
    for name, door in doors.items():
        try:
            failed = door(path)
        except WebfootError as error:
            said[name] = str(error)
        else:
            if failed:
                said[name] = f"{failed[0].name} {failed[0].value}: {failed[0].detail}"
    return said


def check_file(path):
    return [check for check in check_policy(path) if not check.passed]


def check_contract(path):
    parse_contract(path.read_bytes(), path.name)


def check_layout(path):
    parse_layout(path.read_bytes().decode("utf-8", "surrogatepass"), path.name)


def main() -> None:
    """Try all of them."""
    assert not check_file(Path(sys.argv[2]))
    refused_by(Path(sys.argv[2]).with_name("missing.json.onnx"))
    opened: list[str] = []
    sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == "open" else None)
    results = []
    for path in sorted(Path(sys.argv[1]).iterdir()):
        opened.clear()
        start = time.process_time()
        said = refused_by(path)
        outside = [place for place in opened if Path(place).resolve() != path.resolve()]
        results.append({"file": path.name, "said": said, "outside": outside, "cpu_s": time.process_time() - start})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"results": results, "peak_mib": peak}))


if __name__ == "__main__":
    main()
