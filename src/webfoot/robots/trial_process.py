"""Compiles a model under limits: `python -m webfoot.robots.trial_process MODEL`, its last words on standard error."""

import resource
import sys
from pathlib import Path

CPU_S = 8
"""Ten times what a humanoid with meshes takes."""
MEMORY_BYTES = 2 * 1024**3
"""Address space: three times what a humanoid with meshes takes; a process that only imports MuJoCo takes a tenth."""
MOST_FREEDOM = 400
MOST_GEOMS = 20_000


def main(path: str) -> int:
    """0 if the model compiles and fits; else 2, and one line that says why not."""
    import mujoco

    from webfoot.errors import RobotError
    from webfoot.robots.load import read_spec

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
