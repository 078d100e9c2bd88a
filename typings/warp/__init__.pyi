# Part of the extra `gpu`, which need not be installed for the types to be checked.
from typing import Any

def __getattr__(name: str) -> Any: ...
