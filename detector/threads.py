"""How many threads OpenCV may take: one, since processes are what we scale by."""

import cv2


def use_one_thread() -> None:
    """Keep OpenCV from starting a pool of its own; once, at a process's start.

    A resize of one crop is over before a pool wakes, and twenty feeds' pools fight for
    the cores that decoders and the network need.
    """
    cv2.setNumThreads(1)
