"""`python -m webfoot.cli` is the `webfoot` command."""

import sys

from webfoot.cli.app import main

sys.exit(main())
