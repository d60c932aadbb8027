"""Lets the memory of pictures go back to the system when they are gone.

glibc keeps what a thread frees in that thread's own arena once buffers of this size
have been freed before: a process of many feeds, each in its thread, would keep two
pictures of every camera for ever. Buffers above a fixed size are mapped and unmapped
instead. Measured with eight feeds of 1080p, beyond their rings: 15 MB a feed without,
5 MB with it, at no CPU that could be told from noise.
"""

import ctypes

M_MMAP_THRESHOLD = -3  # glibc's malloc.h
PICTURE_BYTES = 1_000_000
"""The planes of a 720p picture; a naming of the threshold also stops its growing."""


def return_pictures() -> bool:
    """Map buffers of pictures one by one from now on, in the whole process.

    Returns:
        Whether the C library knows how; other libraries than glibc may not.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, PICTURE_BYTES))
