"""Compiles a model: `python -m webfoot.robots.trial_process MODEL`, its last words on standard error."""

import sys
from pathlib import Path

MOST_FREEDOM = 400
MOST_GEOMS = 20_000


def main(path: str) -> int:
    """0 if the model compiles and fits; else 2, and one line that says why not."""
    import mujoco

    from webfoot.errors import RobotError
    from webfoot.robots.load import read_spec

    try:
        model = read_spec(Path(path)).spec.compile()
        if model.nv > MOST_FREEDOM or model.ngeom > MOST_GEOMS:
            reason = f"{model.nv} degrees of freedom and {model.ngeom} geoms; "
            return _say(f"{reason}at most {MOST_FREEDOM} and {MOST_GEOMS} are a robot")
        mujoco.MjData(model)
    except (ValueError, RobotError, mujoco.FatalError) as error:
        return _say(str(error))
    except MemoryError:
        return _say("it needs more memory than a robot may")
    return 0


def _say(reason: str) -> int:
    sys.stderr.write("\n" + " ".join(reason.split()) + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
