"""What every page weighs over the wire with an empty cache, and how soon something of it is seen, on loopback.

Needs Chromium, and the front end: `make frontend`.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from parts.table import print_machine, print_table

SCRIPT = Path(__file__).parents[1] / "frontend" / "browser" / "page-load.ts"


def main() -> None:
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"
    print_machine()
    done = subprocess.run([node, str(SCRIPT)], stdout=subprocess.PIPE, check=True, text=True)
    rows = [(name, load["kb"], load["paint"]) for name, load in json.loads(done.stdout).items()]
    print_table(("page", "weight without 3D [kB]", "first paint [ms]"), rows)


if __name__ == "__main__":
    main()
