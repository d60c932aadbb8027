"""Small copies of looks: JPEG in, JPEG of at most 320 pixels out."""

import io

from PIL import Image

from alerts.errors import StillError

SIZE_PX = 320
QUALITY = 80


def thumbnail(jpeg: bytes) -> bytes:
    """The picture made small; equal input gives equal bytes.

    Raises:
        StillError: It is no JPEG.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            # decoded at a fraction of its size: a tenth of the time
            opened.draft("RGB", (SIZE_PX, SIZE_PX))
            small = opened.convert("RGB")
            small.thumbnail((SIZE_PX, SIZE_PX))
            out = io.BytesIO()
            small.save(out, "JPEG", quality=QUALITY)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        msg = f"the still is no whole JPEG: {error}"
        raise StillError(msg) from error
