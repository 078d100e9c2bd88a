"""`Recorded`: kernel launches of Warp that are made again and again."""

from collections.abc import Callable

import torch
import warp as wp


class Recorded:
    """Kernel launches that are recorded as a graph, on a GPU a CUDA graph, and replayed: hundreds become one."""

    def __init__(self, launch: Callable[[], None], device: torch.device):
        self._launch, self._device = launch, device
        self._is_loaded = False
        self._graph = None

    def run(self) -> None:
        """Make the launches."""
        # On a GPU in torch's stream: in order with what torch has written before, and reads after.
        stream = wp.stream_from_torch(self._device) if self._device.type == "cuda" else None
        if not self._is_loaded:  # kernels are compiled and loaded outside of any recording
            with wp.ScopedDevice(str(self._device)), wp.ScopedStream(stream):
                self._launch()
            self._is_loaded = True
            return
        if self._graph is None:
            with wp.ScopedDevice(str(self._device)), wp.ScopedCapture(str(self._device)) as capture:
                self._launch()
            self._graph = capture.graph
        wp.capture_launch(self._graph, stream=stream)

    def forget(self) -> None:
        """Record anew at the next run: the memory that kernels read lies elsewhere now."""
        self._graph = None
