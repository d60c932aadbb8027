"""Names that travel through every stage, as distinct types.

A camera's name is the key under `cameras:` in the site file, a view's name the key
under its `views:`, a zone's name the key under the view's `zones:`.
"""

from typing import NewType

CameraId = NewType("CameraId", str)
ViewName = NewType("ViewName", str)
ZoneName = NewType("ZoneName", str)
