"""Trainings of seconds: a duckling, few robots, short trials; also as a process that can be killed."""

import json
import sys
from pathlib import Path
from typing import Any

from webfoot.config import TrainConfig, parse_config
from webfoot.learn.events import Event, as_json
from webfoot.pipeline import TrainResult, train

OPTIONS = {
    "epochs": 12,
    "batch_size": 8,
    "hidden_size": 8,
    "evaluate_every": 6,
    "checkpoint_every": 4,
    "ppo": {"steps": 8, "update_epochs": 2},
    "rollout": {"episodes": 4, "episode_s": 1.0},
}


def small(**changes: Any) -> TrainConfig:
    """The options above, some changed; what is given of `ppo` is added to what stands there."""
    ppo = {**OPTIONS["ppo"], **changes.pop("ppo", {})}
    return parse_config({**OPTIONS, **changes, "ppo": ppo})


class Events(list[Event]):
    """Remembers what a training tells."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self if isinstance(event, kinds)]


def train_small(out: Path, events: Events | None = None, **changes: Any) -> TrainResult:
    return train("walk", "duckling", small(**changes), out, events)


def main() -> None:
    """Train in the folder given, print every event as one line."""
    out, changes = sys.argv[1], json.loads(sys.argv[2])
    train("walk", "duckling", small(**changes), out, lambda event: print(json.dumps(as_json(event)), flush=True))


if __name__ == "__main__":
    main()
