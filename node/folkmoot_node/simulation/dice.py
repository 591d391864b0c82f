"""The one place where a simulation throws dice: each purpose has its own, all from one seed."""

import random

Dice = random.Random


def dice(seed: int, purpose: str) -> Dice:
    """Return dice that fall the same way whenever the seed and the purpose are the same.

    Each purpose has dice of its own, so that one more throw for one thing changes nothing about the others.
    """
    return random.Random(f"{seed}/{purpose}")
