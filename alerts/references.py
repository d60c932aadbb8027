"""Reads the pictures that views are compared with, for those who draw over them.

The path comes out of the configuration in force, never out of a request.
"""

from pathlib import Path

from alerts.errors import NotFoundError

MOST_BYTES = 32 * 1024 * 1024
MEDIA_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class References:
    """The reference pictures on this machine; safe to use from any thread."""

    def read(self, path: Path) -> tuple[bytes, str]:
        """A picture and its media type.

        Raises:
            NotFoundError: It is not on this machine, or is no JPEG or PNG.
        """
        try:
            with path.open("rb") as file:
                body = file.read(MOST_BYTES + 1)
        except OSError as error:
            told = "the reference picture does not lie on this machine"
            raise NotFoundError(told) from error
        for sign, media_type in MEDIA_TYPES.items():
            if body.startswith(sign) and len(body) <= MOST_BYTES:
                return body, media_type
        raise NotFoundError("the reference picture is no JPEG or PNG picture")
