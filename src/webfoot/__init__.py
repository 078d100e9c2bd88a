"""webfoot turns reference motions of legged robots into ONNX policies that walk, and proves it."""

import os
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime 1.32 would tell its maker of every session

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`webfoot.PolicyTrainer`, which brings torch along, is imported when it is asked for."""
    if name == "PolicyTrainer":
        from webfoot.pipeline import PolicyTrainer

        return PolicyTrainer
    raise AttributeError(f"module 'webfoot' has no attribute '{name}'")
