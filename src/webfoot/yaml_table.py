"""`read_yaml`: a table of options or settings from a file. Loads nothing heavy: commands of the service start fast."""

from pathlib import Path
from typing import Any

import yaml

from webfoot.errors import ConfigError


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds a table.

    Raises:
        ConfigError: missing, not YAML, or not a table.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); give a YAML file") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: holds {type(document).__name__}, expected a table of options")
    return document
