"""The root of webfoot's errors, and the kinds that can happen on a robot.

Every message says what is wrong (with the value), where, and what would be right.
"""


class WebfootError(Exception):
    """A mistake in what the user gave; the message is one sentence fit to be shown.

    It stays on one line, whatever line breaks a name out of a file brings in.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


class PolicyError(WebfootError):
    """An ONNX policy, or the contract inside it, that cannot be used."""


class HardwareError(WebfootError):
    """Sensors that cannot be read, servos that cannot be reached."""


class LogError(WebfootError):
    """A log of a robot that cannot be written or read."""
