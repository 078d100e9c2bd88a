"""`STOPPING`: set once this process is to end. What may last, such as a live stream, waits on it and never sleeps."""

import threading

STOPPING = threading.Event()
"""Of the whole process: `follow(..., wait=STOPPING.wait)` ends a stream when the server drains."""
