"""What each file of a pack is, in the words of cover sheet and verification page."""

from alerts.pack import DRAWN, Role, Shortfall
from alerts.pack_manifest import ManifestFile

ROLES_ZH = {
    Role.FIRST: "首见图片",
    Role.MID: "过程图片",
    Role.OPENING: "触发时图片",
    Role.LAST: "末张图片",
    Role.PANORAMA: "全景图片",
    Role.PARTY: "目标特写",
    Role.RECHECK: "复查图片",
    Role.DWELL: "停留过程",
    Role.ARRIVAL: "到达录像",
    Role.CLIP: "录像片段",
    Role.SEEN: "观测记录",
    Role.BOXES: "逐帧目标框",
    Role.MANIFEST: "清单",
}

SHORTFALLS_ZH = {
    Shortfall.RING_TOO_SHORT: "缓存中触发前的录像不足",
    Shortfall.FEED_LOST: "录像期间视频流中断",
    Shortfall.CLIP_FAILED: "未能截取录像",
    Shortfall.DISK_FULL: "存储空间不足，部分文件未能保存",
    Shortfall.RESTARTED: "取证期间程序重新启动",
    Shortfall.ENDED: "取证期间程序停止",
    Shortfall.FIRST_MISSING: "缺首见图片",
    Shortfall.MID_MISSING: "缺过程图片",
    Shortfall.LAST_MISSING: "缺末张图片",
    Shortfall.RECHECK_MISSING: "未能取得复查图片",
    Shortfall.ANNOTATION_FAILED: "未能生成标注副本",
}
"""Why a pack is partial, as a court reads it."""


def origin_of(file: ManifestFile) -> str:
    """Whether it is an original, or how it was made from which."""
    parent = file.parent
    if parent is None:
        return "原件"
    if file.name.endswith(DRAWN):
        return f"标注副本，原图 {parent}"
    if file.role is Role.PANORAMA:
        is_decoded = parent.endswith(".mp4")
        return f"解码自 {parent}" if is_decoded else f"同 {parent}"
    if file.role is Role.PARTY:
        return f"截自 {parent}"
    if file.media_type.startswith("video/"):
        return f"转码副本，原件 {parent}"
    return f"依 {parent} 生成"


def what_of(file: ManifestFile) -> str:
    """Both in one line."""
    return f"{ROLES_ZH[file.role]}（{origin_of(file)}）"
