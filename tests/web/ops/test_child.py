import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from patience import PATIENCE_S, wait_until

from webfoot.web.ops.child import Child, end_all
from webfoot.web.ops.parent import StopSignals


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def kept_until_down(child: Child) -> None:
    wait_until("its end", child.has_ended)
    child.keep()


def test_a_child_that_dies_is_started_again_after_longer_and_longer_waits(caplog):
    clock = Clock()
    child = Child("one", "this_module_is_not_there", [], clock=clock)
    waits = []
    for _ in range(8):
        child.keep()
        starts = child.starts
        kept_until_down(child)
        began = clock.now
        while child.starts == starts:
            clock.now += 0.25
            child.keep()
        waits.append(clock.now - began)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert "one (process " in caplog.text and "ended with code 1; it is started again in 0.5 s" in caplog.text
    clock.now += 60.0  # it lived well: the next wait is a short one again
    kept_until_down(child)
    clock.now += 0.5
    starts = child.starts
    child.keep()
    assert child.starts == starts + 1
    child.kill()


def test_a_child_whose_parent_ended_while_it_was_loading_ends_too(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for module, words in (("ops.consumer_process", ["x", "json"]), ("work.trainer_process", [])):
        command = [sys.executable, "-m", f"webfoot.web.{module}", str(ended.pid), *words]
        child = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
        assert child.returncode in (-signal.SIGTERM, -signal.SIGKILL), child


def test_who_does_not_end_in_time_is_killed(tmp_path, monkeypatch):
    (tmp_path / "deaf.py").write_text("import signal\nsignal.pthread_sigmask(0, [15])\nsignal.pause()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    deaf = Child("deaf", "deaf", [])
    deaf.keep()
    assert deaf.pid is not None
    process = psutil.Process(deaf.pid)
    wait_until("deafness", lambda: "00004000" in signals_blocked(process.pid))
    assert end_all([deaf], lambda: False, 0.2) is False
    assert deaf.has_ended() and not process.is_running()
    assert end_all([deaf, Child("never started", "this", [])], lambda: False, 0.2) is True


def signals_blocked(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text().partition("SigBlk:")[2].split()[0]


def test_signals_are_counted_and_do_nothing_else():
    before = signal.getsignal(signal.SIGINT)
    with StopSignals() as signals:
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        wait_until("both", lambda: signals.count == 2)
    assert signal.getsignal(signal.SIGINT) is before
