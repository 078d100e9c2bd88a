"""webfoot turns reference motions of legged robots into ONNX policies that walk, and proves it."""

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`webfoot.PolicyTrainer`, which brings torch along, is imported when it is asked for."""
    if name == "PolicyTrainer":
        from webfoot.pipeline import PolicyTrainer

        return PolicyTrainer
    raise AttributeError(f"module 'webfoot' has no attribute '{name}'")
