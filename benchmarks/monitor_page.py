"""How the monitor page bears 10,000 epochs of 12 series while events arrive: input delay and memory of the browser.

Needs Chromium, and the front end with its development packages: `make frontend`.
"""

import argparse
import json
import math
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parts.cases import throw_away_folder
from parts.served import EMAIL, PASSWORD, served
from parts.table import print_machine, print_table

from webfoot.web.app import create_app
from webfoot.web.context import Service
from webfoot.web.models.training import TrainingSession
from webfoot.web.services import accounts
from webfoot.web.settings import Settings
from webfoot.web.states import State

BROWSER = Path(__file__).parents[1] / "frontend" / "browser" / "monitor-load.mjs"
SERIES = (
    *("value_loss", "surrogate_loss", "approx_kl", "action_std", "learning_rate"),
    *("style/reward", "style/held_out", "style/accuracy_policy", "style/accuracy_demo"),
)
"""Of metrics; progress tells three more: reward, falls and steps a second."""


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--epochs", type=int, default=10_000, help="told before the page is opened")
    made.add_argument("--minutes", type=float, default=10.0, help="that the page is used")
    made.add_argument("--per-second", type=float, default=10.0, help="epochs that are told while it is used")
    made.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    options = made.parse_args()
    settings = Settings(data_dir=throw_away_folder(), rate_limit="100000 per minute")
    number = fill(settings)
    log = settings.runs_dir / str(number) / "events.jsonl"
    log.parent.mkdir(parents=True)
    with log.open("w", encoding="utf-8") as file:
        file.writelines(lines(epoch) for epoch in range(1, options.epochs + 1))
    print_machine()
    with served(settings) as address, told(log, options.epochs, options.per_second):
        words = [address, f"/training/monitor/{number}", EMAIL, PASSWORD, options.chromium, str(options.minutes)]
        seen = subprocess.run(["node", BROWSER, *words], stdout=subprocess.PIPE, check=True, text=True).stdout
    show(json.loads(seen))


def fill(settings: Settings) -> int:
    """Id of a session that runs, of somebody who has a password."""
    app = create_app(settings)
    here: Service = app.extensions["webfoot"]
    about = {"name": "long walk", "reference_motion": "walk", "robot": "duckling", "parameters": {}}
    with app.app_context(), here.database.writing() as session:
        user = accounts.create(session, None, EMAIL, "trainer")
        accounts.set_password(user, PASSWORD)
        session.flush()
        limits = {"timeout_minutes": 600.0, "total_epochs": 100_000, "attempt": 1}
        row = TrainingSession(owner_id=user.id, state=State.RUNNING, **about, **limits)
        session.add(row)
        session.flush()
        return row.id


def lines(epoch: int) -> str:
    """What a training tells of one epoch: noisy curves that bend."""
    draw = random.Random(epoch)
    bend = 1 - math.exp(-epoch / 2000)
    now = {"time": round(time.time(), 3), "iteration": epoch}
    values = {name: round(0.1 * n + bend + draw.gauss(0, 0.1), 6) for n, name in enumerate(SERIES)}
    told = {
        "reward": bend + draw.gauss(0, 0.05),
        "falls": 3 - 3 * bend + draw.random(),
        "steps_per_s": 2e4 + draw.random(),
    }
    spent = {"epochs": 100_000, "elapsed_s": 0.5 * epoch, "eta_s": 3600.0, "env_steps": 100 * epoch}
    events = ({"event": "progress", **now, **spent, **told}, {"event": "metrics", **now, "values": values | told})
    return "".join(json.dumps(event) + "\n" for event in events)


@contextmanager
def told(log: Path, epochs: int, per_second: float) -> Iterator[None]:
    """One epoch after the other, until what is done meanwhile is done."""
    over = threading.Event()

    def tell() -> None:
        epoch = epochs
        with log.open("a", encoding="utf-8", buffering=1) as file:
            while not over.wait(1 / per_second):
                epoch += 1
                file.write(lines(epoch))
                file.flush()

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def show(seen: dict) -> None:
    """Print what the browser measured."""
    heaps = seen["heaps"]
    rows = [
        ("first curve after [ms]", seen["firstCurveMs"]),
        ("charts", seen["charts"]),
        ("inputs", seen["inputs"]),
        *(
            (f"input delay, {name} [ms]", seen[key])
            for name, key in (("median", "p50"), ("95 %", "p95"), ("99 %", "p99"))
        ),
        ("input delay, longest [ms]", seen["most"]),
        ("tasks over 50 ms", seen["longTasks"]),
        ("longest task [ms]", seen["longest"]),
        ("heap at first [MB]", heaps[0]),
        ("heap in the end [MB]", heaps[-1]),
    ]
    print_table(("what", "measured"), rows)
    print("heap by the minute [MB]:", ", ".join(f"{heap:.1f}" for heap in heaps), "; last epoch seen:", seen["epoch"])
    if seen["complaints"]:
        print("the page complained:", *seen["complaints"], sep="\n  ")


if __name__ == "__main__":
    main()
