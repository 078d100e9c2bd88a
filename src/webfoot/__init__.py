"""webfoot turns reference motions of legged robots into ONNX policies that walk, and proves it."""

__version__ = "0.1.0"
