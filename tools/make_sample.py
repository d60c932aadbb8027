"""Makes `samples/videos/campus.mp4` from `vtest.avi` of Debian's package opencv-doc.

H.264, a key frame every 2 s, real timing (10 frames a second), no sound. Run once by
hand; needs ffmpeg and opencv-doc:  python tools/make_sample.py
"""

import subprocess
import sys
from pathlib import Path

SOURCE = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
TARGET = Path(__file__).resolve().parent.parent / "samples/videos/campus.mp4"


def main() -> int:
    """Encode; 1 when the source is missing."""
    if not SOURCE.is_file():
        print("run: apt-get install opencv-doc ffmpeg")
        return 1
    options = (
        "-an -c:v libx264 -preset slow -crf 31 -pix_fmt yuv420p -threads 1 "
        "-g 20 -keyint_min 20 -sc_threshold 0 -bf 2 -movflags +faststart"
    )
    command = ["ffmpeg", "-y", "-v", "error", "-i", str(SOURCE), *options.split()]
    subprocess.run([*command, str(TARGET)], check=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
