"""Runs webfoot's policies on a robot, with numpy and onnxruntime alone."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime 1.32 would tell its maker of every session

__version__ = "0.1.0"
