"""The cover sheet of an export as PDF: what an evidence rule wants said of a copy.

最高法《行政诉讼证据规定》 art. 12 names four things beside a copy of a recording:
制作方法, 制作时间, 制作人, 证明对象. The font is embedded; nothing is fetched.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files

import typst

from alerts.evidence_facts import TimeSource
from alerts.evidence_mode import REASONS_ZH, EvidenceMode, Standing
from alerts.evidence_store import StoredObject
from alerts.file_words import SHORTFALLS_ZH, what_of
from alerts.pack import Role
from alerts.pack_manifest import Manifest
from base.clock import BEIJING
from rules.catalogue import shipped_catalogue

MODES_ZH = {
    EvidenceMode.CLUE: "线索（不得单独作为处罚依据）",
    EvidenceMode.OFFSITE_EVIDENCE: "符合非现场证据条件，待执法人员审核",
}
SOURCES_ZH = {
    TimeSource.SENDER_REPORT: "RTCP 发送者报告",
    TimeSource.PLATFORM: "ONVIF / GB28181 校时",
    TimeSource.ON_SCREEN: "审核人员读取画面时钟",
}
PICTURES = frozenset(
    {Role.FIRST, Role.MID, Role.OPENING, Role.LAST, Role.PANORAMA, Role.RECHECK}
)
BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿（未登记单位名称，请填写并盖章）"
NOTICE = "系统自动发现的疑似线索，未经执法人员审核不得作为处罚依据。"


@dataclass(frozen=True, slots=True)
class Copy:
    """A blurred copy of a file of the pack.

    Attributes:
        name: In the export.
        parent: Name of the file it was made from.
        stored: Its digests.
    """

    name: str
    parent: str
    stored: StoredObject


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What the cover says beside the manifest.

    Attributes:
        exporter: Name and role of who takes it out.
        reason: Why.
        exported_at: Wall time.
        key: Digest of the service's key.
        standing: Clue or evidence; None where the store was not asked.
        is_masked: Whether originals stay in the house.
        bureau: Whose service it is; empty: nobody has said.
        camera_title: Name of the camera as people know it; empty: not known.
        copies: Blurred copies that leave instead.
    """

    exporter: str
    reason: str
    exported_at: datetime
    key: str
    standing: Standing | None
    is_masked: bool
    bureau: str = ""
    camera_title: str = ""
    copies: tuple[Copy, ...] = ()


def cover_pdf(manifest: Manifest, facts: CoverFacts) -> bytes:
    """The cover sheet as PDF."""
    content = json.dumps(_content(manifest, facts), ensure_ascii=False)
    here = files("alerts")
    with as_file(here / "cover.typ") as template, as_file(here / "fonts") as fonts:
        made = typst.compile(
            template.read_bytes(),
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[str(fonts)],
            ),
            sys_inputs={"pack": content},
            timestamp=int(facts.exported_at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


def _content(manifest: Manifest, facts: CoverFacts) -> dict[str, object]:
    row = shipped_catalogue().rules.get(manifest.code)
    act = f"疑似{manifest.code if row is None else row.name.zh}"
    standing = facts.standing
    return {
        "id": str(manifest.pack),
        "number": manifest.pack.hex[:8],
        "code": manifest.code,
        "act": act,
        "notice": NOTICE,
        "proves": _proves(manifest, facts, act),
        "method": _method(manifest, facts),
        "times": {
            "first_seen": _local(manifest.first_seen),
            "opened": _local(manifest.opened_at),
            "sealed": _local(manifest.made_at),
            "exported": _local(facts.exported_at),
            "source": _source(manifest),
        },
        "bureau": facts.bureau or BLANK,
        "made_by": _made_by(manifest),
        "exporter": facts.exporter,
        "reason": facts.reason,
        "key": facts.key,
        "device": _device(manifest),
        "mode": _mode(manifest, standing),
        "reasons": []
        if standing is None
        else [REASONS_ZH[reason] for reason in standing.reasons],
        "shortfalls": [SHORTFALLS_ZH[reason] for reason in manifest.reasons],
        "gaps": [f"{_local(g.start)} — {_local(g.end)}" for g in manifest.gaps],
        "files": [
            [
                file.name,
                what_of(file),
                _local(file.captured_at),
                file.sha256,
                file.sm3,
            ]
            for file in manifest.files
        ],
        "copies": [
            [one.name, one.parent, one.stored.key, one.stored.sm3]
            for one in facts.copies
        ],
    }


def _proves(manifest: Manifest, facts: CoverFacts, act: str) -> str:
    title = facts.camera_title
    camera = f"“{title}”（{manifest.camera}）" if title else f"“{manifest.camera}”"
    place = f"摄像机{camera}预置位“{manifest.view}”区域“{manifest.zone}”"
    if manifest.rechecks is not None:
        looked = "、".join(
            _local(file.captured_at)
            for file in manifest.files
            if file.role is Role.RECHECK and file.parent is None
        )
        about = (
            f"对{place}内{act}线索（编号 {manifest.rechecks.hex[:8]}，"
            f"{_local(manifest.opened_at)}触发告警）复查"
        )
        if not looked:
            return f"{about}未能取得图片，本件仅说明缺失，不证明现场情形。"
        return f"{looked}，{about}时的现场情形。"
    return (
        f"{_local(manifest.first_seen)}至{_local(manifest.opened_at)}，{place}内，"
        f"存在{act}的情形。"
    )


def _mode(manifest: Manifest, standing: Standing | None) -> str:
    """What it may be used as; that of a look again is its alert's."""
    if standing is not None:
        return MODES_ZH[standing.mode]
    if manifest.rechecks is not None:
        return f"复查件，证据属性随编号 {manifest.rechecks.hex[:8]} 的证据包认定"
    return "未计算"


def _method(manifest: Manifest, facts: CoverFacts) -> list[str]:
    roles = {file.role for file in manifest.files}
    told = [_recorded(roles)]
    if Role.PANORAMA in roles:
        told.append("全景图片为整幅画面，自本件录像解码或与所注图片同一，均注明出处。")
    if roles & PICTURES:
        told.append("标注图、遮挡图为副本，均注明原件摘要；原件未作任何改动。")
    told += [
        "写入存储时同步计算 SHA-256 与 SM3，并记入只增不改的审计日志。",
        f"清单按摄像机逐件串联，本件为第 {manifest.link.seq} 件。",
    ]
    if facts.is_masked and facts.copies:
        told.append(
            "本次导出为遮挡版：除疑似违规目标外全部模糊，原件封存于系统内，未随附。"
        )
    elif facts.is_masked:
        told.append("原件封存于系统内，未随附。")
    return told


def _recorded(roles: set[Role]) -> str:
    """How clip and pictures were made; of what there is none nothing is claimed."""
    has_pictures = bool(roles & PICTURES)
    if roles & {Role.CLIP, Role.ARRIVAL}:
        told = "录像为摄像机原始码流直接截取，未经重新编码"
        return f"{told}；图片自摄像机码流解码。" if has_pictures else f"{told}。"
    if has_pictures:
        return "图片自摄像机码流解码；本件无录像。"
    return "本件无录像、无图片，仅有观测记录。"


def _source(manifest: Manifest) -> str:
    clock = manifest.time.clock
    if clock is None:
        return "取证主机时钟；摄像机时钟未校验"
    return (
        f"取证主机时钟；{SOURCES_ZH[clock.source]}校验，"
        f"偏差 {clock.offset_ms / 1000:+.3f} 秒，校验于 {_local(clock.checked_at)}"
    )


def _made_by(manifest: Manifest) -> str:
    told = f"{manifest.made_by}　模型 {manifest.model}"
    rules = manifest.catalogue
    return told if rules is None else f"{told}　规则目录 {rules[:12]}"


def _device(manifest: Manifest) -> list[list[str]]:
    device = manifest.device
    if device is None:
        return [["档案", "无"]]
    legal, technical = device.legal_review, device.technical_review
    published = device.published
    return [
        ["权属单位", device.owner],
        ["接入依据", f"{device.access.document}（至 {device.access.expires_on}）"],
        ["国标编码", device.gb_code or "无"],
        ["法制审核", "无" if legal is None else legal.document],
        ["技术审核", "无" if technical is None else technical.document],
        ["标志牌照片", device.sign_photo or "无"],
        ["公布地址", "无" if published is None else published.place],
    ]


def _local(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
