"""The site of the desk's tests: quiet cameras for staged alerts, one that is added."""

from pathlib import Path

from tests.sites.dossiers import DOSSIER_YAML

QUIET = ("street", "market", "shaft", "tower")
"""Cameras on which nothing happens by itself: their alerts are staged."""

LIVE = "campus"
"""The camera of the main story: the van at its kerb is a real alert."""

KERB = (
    "[[0.828, 0.122], [0.949, 0.108], [0.952, 0.170], [0.911, 0.188], [0.828, 0.188]]"
)

_HEAD = """\
version: 1
name: 南湖示范 Demonstration
rules:
  SW-01: {dwell_s: 12, grace_s: 0}
evidence: {clip_before_s: 4, clip_after_s: 4}
delivery:
  channels:
    phones: {kind: phone_page, people: [zhou.wei]}
    hook: {kind: webhook, url: "http://127.0.0.1:9/", networks: [127.0.0.0/8]}
  first: [phones, hook]
  escalate_after_s: 600
  give_up_after_s: 10
cameras:
"""

_QUIET = """\
  street:
    title: 中山路 Zhongshan Road
    area: 解放街道
    position: {lat: 30.7641, lon: 120.7587}
    regime: street
    dossier: QUIET_DOSSIER
    rules: {SW-01: {enabled: false}}
    feed: {kind: file, path: FOOTAGE, loop: true}
    views:
      home:
        zones:
          kerb:
            purpose: pavement
            points: [[0.30, 0.52], [0.62, 0.50], [0.64, 0.68], [0.28, 0.70]]
  market:
    title: 菜场北门 Market north gate
    area: 解放街道
    position: {lat: 30.7655, lon: 120.7601}
    regime: street
    dossier: QUIET_DOSSIER
    rules: {SW-01: {enabled: false}}
    feed: {kind: file, path: FOOTAGE, loop: true}
    views:
      home:
        zones:
          front:
            purpose: pavement
            points: [[0.30, 0.52], [0.62, 0.50], [0.64, 0.68], [0.28, 0.70]]
  shaft:
    title: 污水井 Sewage shaft
    area: 南湖街道
    position: {lat: 30.7622, lon: 120.7569}
    regime: industry
    dossier: QUIET_DOSSIER
    rules: {SW-01: {enabled: false}}
    feed: {kind: file, path: FOOTAGE, loop: true}
    views:
      home:
        zones:
          pit:
            purpose: opening
            points: [[0.42, 0.50], [0.54, 0.50], [0.54, 0.62], [0.42, 0.62]]
  tower:
    title: 三号楼工地 Site no. 3
    area: 南湖街道
    position: {lat: 30.7633, lon: 120.7611}
    regime: construction
    dossier: QUIET_DOSSIER
    rules: {SW-01: {enabled: false}}
    feed: {kind: file, path: FOOTAGE, loop: true}
    views:
      home:
        zones:
          roof:
            purpose: edge
            points: [[0.30, 0.10], [0.70, 0.10], [0.70, 0.30], [0.30, 0.30]]
"""

_LIVE = """\
  campus:
    title: 校园路口 Campus street
    area: 解放街道
    position: {lat: 30.7647, lon: 120.7592}
    regime: street
    dossier: DOSSIER
    feed: {kind: url, looks: "URL", timeout_s: 5}
    views:
      home:
        zones:
          kerb: {purpose: pavement, points: KERB}
"""


def site_text(footage: Path, rtsp_url: str | None = None) -> str:
    """The site file; with an address, the camera of the main story is in it."""
    text = _HEAD + _QUIET
    if rtsp_url is not None:
        text += _LIVE.replace("URL", rtsp_url).replace("KERB", KERB)
    quiet = DOSSIER_YAML.replace("legal_review", "codes: [SW-01], legal_review")
    text = text.replace("QUIET_DOSSIER", quiet).replace("DOSSIER", DOSSIER_YAML)
    return text.replace("FOOTAGE", str(footage))
