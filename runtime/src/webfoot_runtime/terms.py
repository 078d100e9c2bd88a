"""The observation terms that every consumer knows how to measure, and how wide each is."""

KNOWN_TERMS = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "last_action", "phase", "command")


def term_width(name: str, nu: int, command_size: int) -> int | None:
    """Numbers in one value of a term (without history); None for a term of somebody else's."""
    widths = {
        "gyro": 3,
        "projected_gravity": 3,
        "joint_pos": nu,
        "joint_vel": nu,
        "last_action": nu,
        "phase": 2,
        "command": command_size,
    }
    return widths.get(name)
