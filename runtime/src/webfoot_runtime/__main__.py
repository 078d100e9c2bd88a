"""`python -m webfoot_runtime`, the same as `webfoot-robot`."""

import sys

from webfoot_runtime.cli import main

if __name__ == "__main__":
    sys.exit(main())
