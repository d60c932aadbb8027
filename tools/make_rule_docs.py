"""Writes docs/rules.md, docs/rules.zh-CN.md and a drawing a rule from the catalogue.

    python tools/make_rule_docs.py          write them (`make docs`)
    python tools/make_rule_docs.py --check  1 when they are stale

Generated, because a page that says 60 s while the catalogue says 90 s accuses somebody.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rules.catalogue import CatalogueRow, shipped_catalogue  # noqa: E402
from rules.composition import compose  # noqa: E402
from tools.rule_drawing import drawing  # noqa: E402

DOCS = ROOT / "docs"
TEXTS = {
    "en": {
        "title": "# Rules",
        "head": "Generated from `rules/catalogue.yaml` by `make docs`; do not edit. "
        "Every alert is a suspicion until a named person has confirmed it. A clause is "
        "true, false or unknown (未观测); unknown is never a violation and never "
        "compliant. Hours are Beijing time, both bounds inside: a stall open 09–18 is "
        "lawful at 09:00:00 and at 18:00:00. A permit's polygon is widened by a "
        "hand's breadth. Whether hours bound to working days hold on a day the "
        "calendar does not know is unknown.",
        "own": "## A code of your own\n\nA row under `codes:` of the site file with "
        "the same keys; see `samples/own_code.yaml`. Clauses and their parameters:",
        "cols": "| zones | opens after | grace | new after | severity | evidence | "
        "handler | city code | proof |",
        "all": "All of these must be true:",
        "not": "not:",
        "unk": " (unknown does not hold it back)",
        "cannot": "Not seen by any camera",
        "needs": "Evidence must show",
        "len": "Leniency",
        "law": "Legal basis (not verified, never printed)",
        "graver": "graver",
        "par": "| clause | what | parameters |",
        "optin": "Only where it is enabled.",
    },
    "zh": {
        "title": "# 规则目录",
        "head": "由 `rules/catalogue.yaml` 经 `make docs` 生成，请勿手改。"
        "每条告警在有姓名的人员确认之前都只是疑似线索。"
        "条件有成立、不成立、未观测三种；未观测既不算违规，也不算合规。"
        "时间为北京时间，两端含在内："
        "许可 09–18 时的摊位在 09:00:00 与 18:00:00 均合规。"
        "许可范围外扩一掌宽。日历未发布的日子，按工作日或节假日限定的许可是否有效为未观测。",
        "own": "## 自定义代码\n\n在站点文件的 `codes:` 下写一行，键与此处相同；见 "
        "`samples/own_code.yaml`。可用条件及其参数：",
        "cols": "| 区域 | 成立时长 | 宽限 | 离开多久另计 | 等级 | 证据 | "
        "处置方 | 数字城管 | 验证级别 |",
        "all": "须同时成立：",
        "not": "不成立：",
        "unk": "（未观测时不阻止）",
        "cannot": "摄像机看不到",
        "needs": "证据须显示",
        "len": "从宽",
        "law": "依据（文本未核实，不打印）",
        "graver": "升级",
        "par": "| 条件 | 含义 | 参数 |",
        "optin": "仅在启用处判定。",
    },
}


def page(lang: str) -> str:
    """The whole page in `en` or `zh`."""
    words = TEXTS[lang]
    parts = [words["title"], words["head"]]
    parts += [
        section(code, row, lang) for code, row in shipped_catalogue().rules.items()
    ]
    parts += [words["own"], clause_table(lang)]
    return "\n\n".join(parts) + "\n"


def section(code: str, row: CatalogueRow, lang: str) -> str:
    """One code."""
    words, one = TEXTS[lang], row.defaults
    name = row.name.zh if lang == "zh" else row.name.en
    cells = [
        ", ".join(row.zones),
        f"{one.dwell_s:g} s" + (f" × {one.share:.0%}" if one.share < 1 else ""),
        f"{one.grace_s:g} s",
        f"{one.gap_s:g} s",
        row.severity.value,
        " + ".join([row.evidence, *row.evidence_also]),
        "/".join(dict.fromkeys([row.handler, *row.handler_by_regime.values()])),
        row.city_code or "–",
        row.proof.value,
    ]
    lines = [f"## {code} {name}", "", f"![{code}](rules/{code}.svg)", ""]
    lines += [words["cols"], "|" + "---|" * 9, f"| {' | '.join(cells)} |", ""]
    lines += [words["all"], "", *clauses(row, lang), ""]
    lines += facts(row, lang)
    return "\n".join(lines).rstrip()


def clauses(row: CatalogueRow, lang: str) -> list[str]:
    """The clauses of a row, one line each."""
    words, found = TEXTS[lang], []
    for bound in compose(row, ()).clauses:
        told = bound.kind.words.zh if lang == "zh" else bound.kind.words.en
        params = bound.params.model_dump(mode="json")
        given = ", ".join(f"{k} {_plain(v)}" for k, v in params.items())
        negated = f"{words['not']} " if bound.is_negated else ""
        rest = words["unk"] if bound.may_be_unknown else ""
        found.append(
            f"- {negated}{told} `{bound.name}`{f' ({given})' if given else ''}{rest}"
        )
    return found


def facts(row: CatalogueRow, lang: str) -> list[str]:
    """What people must know of a row."""
    words, is_zh = TEXTS[lang], lang == "zh"
    found = [words["optin"]] if row.opt_in else []
    told = [
        (words["needs"], row.evidence_needs),
        (words["cannot"], row.cannot_see),
        (words["len"], row.leniency),
    ]
    found += [f"- {w}: {n.zh if is_zh else n.en}" for w, n in told if n is not None]
    found += [
        f"- {words['graver']}: {step.severity} `{step.when.clause}`"
        for step in row.severity_when
    ]
    laws = [
        f"{text.law.zh if is_zh else text.law.en} {', '.join(text.articles)} "
        f"({text.text_version})"
        for text in row.basis
    ]
    return [*found, *([f"- {words['law']}: {'; '.join(laws)}"] if laws else [])]


def clause_table(lang: str) -> str:
    """Every kind with its parameters and their defaults."""
    from rules.clause_table import CLAUSES  # noqa: PLC0415

    lines = [TEXTS[lang]["par"], "|---|---|---|"]
    for name, kind in sorted(CLAUSES.items()):
        told = kind.words.zh if lang == "zh" else kind.words.en
        params = kind.params().model_dump(mode="json")
        given = ", ".join(f"`{k}` {_plain(v)}" for k, v in params.items())
        lines.append(f"| `{name}` | {told} | {given} |")
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(str(one) for one in value)) or "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


def wanted() -> dict[Path, str]:
    """Every file and what it must say."""
    files = {DOCS / "rules.md": page("en"), DOCS / "rules.zh-CN.md": page("zh")}
    for code, row in shipped_catalogue().rules.items():
        files[DOCS / "rules" / f"{code}.svg"] = drawing(code, row)
    return files


def main() -> int:
    """Write, or check."""
    files = wanted()
    if "--check" in sys.argv:
        stale = [
            p for p, text in files.items() if not p.is_file() or p.read_text() != text
        ]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run make docs")
        return 1 if stale else 0
    (DOCS / "rules").mkdir(exist_ok=True)
    for path, text in files.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
