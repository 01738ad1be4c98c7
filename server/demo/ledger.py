"""The ledger that a place kept before the system: its reports wait, what says more the office confirms."""

import csv
from datetime import date, timedelta
from io import StringIO

from server.demo.history import History
from server.demo.leads import credit_code
from server.demo.lives import Step, Values

HEAD = (
    "项目名称",
    "投资方名称",
    "统一社会信用代码",
    "投资方所在地",
    "协议总投资（万元）",
    "首谈地",
    "落户地",
    "初次洽谈时间",
    "项目状态",
    "签约时间",
    "合同类型",
    "实际开工时间",
    "累计到位资金（万元）",
    "本年累计到位资金（万元）",
)
UPLOADS, CONFIRMS = "anyue-2", "office-3"
MIGRATED, RETURNED = (4, 5), (6,)
"""Rows of the sheet: what is decided already; the last of them still awaits the office."""


def lines(today: date) -> list[tuple[str, ...]]:
    """Two leads, two projects signed long ago, one without its papers, one under negotiation."""
    long_ago, lately = today - timedelta(days=500), today - timedelta(days=12)
    home = ("安岳县", "安岳县")
    return [
        ("柠檬籽油提取项目", "成都柚禾植物科技有限公司", credit_code("510100", 90001), "四川省成都市",
         "6000", "安岳县", "", f"{lately}", "线索", "", "", "", "", ""),
        ("薯类淀粉制品加工项目", "重庆薯香食品有限公司", credit_code("500100", 90002), "重庆市",
         "8500", "安岳县", "", f"{lately}", "线索", "", "", "", "", ""),
        ("柠檬鲜果分选冷链中心", "广州柠川冷链有限公司", credit_code("440100", 90003), "广东省广州市",
         "32000", *home, f"{long_ago - timedelta(days=90)}", "已开工", f"{long_ago}", "正式",
         f"{long_ago + timedelta(days=60)}", "12000", "3000"),
        ("石材绿色加工园", "厦门岩澜建材有限公司", credit_code("350200", 90004), "福建省厦门市",
         "15000", *home, f"{long_ago - timedelta(days=40)}", "已签约", f"{long_ago}", "正式", "", "2000", "0"),
        ("纺织鞋材生产基地", "东莞织程鞋材有限公司", credit_code("441900", 90005), "广东省东莞市",
         "9800", *home, f"{long_ago}", "已签约", f"{long_ago + timedelta(days=80)}", "正式", "", "", ""),
        ("乡村文旅驿站项目", "成都野屿文旅有限公司", credit_code("510100", 90006), "四川省成都市",
         "5000", *home, f"{lately}", "在谈", "", "", "", "", ""),
    ]  # fmt: skip


async def bring_ledger(history: History) -> None:
    """Uploaded and imported by the place, then migrated in part and returned in part by the office."""
    now, out = history.hours.now, StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([HEAD, *lines(now.date())])
    file = {"name": "安岳县项目台账.csv", "content": out.getvalue().encode("utf-8")}

    async def act(minutes: int, who: str, name: str, **given: object) -> Values:
        at = now - timedelta(minutes=minutes)
        batch = (await history.do(Step(at, who, name, given)))["batch"]
        return {"batch": batch["no"], "revision": batch["revision"]}

    seen = await act(50, UPLOADS, "ledgerPreview", file=file)
    seen = await act(45, UPLOADS, "ledgerImport", **seen)
    paper = {"documentNo": f"资经合〔{now.year}〕47号", "reason": "与原台账、协议原件核对一致"}
    seen = await act(
        20, CONFIRMS, "ledgerConfirm", **seen, decision="MIGRATE", lines=list(MIGRATED), **paper
    )
    reason = "请附正式合同和到位凭证后重新上传"
    await act(
        15,
        CONFIRMS,
        "ledgerConfirm",
        **seen,
        decision="RETURN",
        lines=list(RETURNED),
        reason=reason,
    )
