"""How offices lay their ledgers out: lines above the head, merged heads, units, notes below."""

from dataclasses import dataclass

from schema.sheet import Cell


@dataclass(frozen=True)
class Spec:
    """A column of a layout: what stands over it, which field it is, its unit."""

    heads: tuple[str, ...]
    name: str | None
    unit: str = "万元"


@dataclass(frozen=True)
class Layout:
    """How an office lays its ledger out: lines above the head, columns, habits."""

    above: tuple[tuple[Cell, ...], ...]
    columns: tuple[Spec, ...]
    notes: tuple[str, ...]
    merged_cells: bool = False
    numbered_columns: bool = False


LAYOUTS = {
    # The provincial form: one line, composite columns, the unit in a caption.
    "provincial": Layout(
        above=(("资阳市招商引资项目台账",), ("填报单位：雁江区", None, "金额单位：万元、亩")),
        columns=tuple(
            Spec((head,), name)
            for head, name in (
                ("序号", "serial"),
                ("项目编号", "no"),
                ("项目名称", "name"),
                ("投资项目在线审批监管平台统一代码", "approval_code"),
                ("投资方(合作企业)名称", "investor_name"),
                ("统一社会信用代码", "uscc"),
                ("投资方所在地/投资来源地归属", "investor_region"),
                ("投资方是否500强/上市/央企/独角兽", "investor_tags"),
                ("投资方联系人及电话", "contact"),
                ("项目建设内容", "description"),
                ("行业类别(国标)", "industry_code"),
                ("产业类别/产业招商小组", "group"),
                ("内资/外资", "capital_origin"),
                ("协议总投资", "agreed_investment"),
                ("其中固定资产投资", "agreed_fixed_assets"),
                ("拟用地面积", "land_mu"),
                ("首谈地", "first_contact_place"),
                ("首谈联系人及电话", "first_contact_person"),
                ("初次洽谈时间", "first_talk_date"),
                ("落户地(注册地)", "landing_place"),
                ("跟进科室与跟进人", "owner"),
                ("责任单位及责任人", "responsible_unit"),
                ("项目状态", "stage"),
                ("进展情况", "progress"),
                ("签约时间", "signed_on"),
                ("合同类型(意向/框架/正式/补充)", "agreement_kind"),
                ("约定开工/竣工/投产时间", "agreed_milestones"),
                ("累计到位资金(自开工至本月末)", "paid_in_total"),
                ("本年累计到位资金(年初至本月末)", "paid_in_ytd"),
                ("备注", "remark"),
            )
        ),
        notes=("注：1.到位资金自开工之日起累计。", "2.数据截至2026年11月20日", "填表人：张三"),
        numbered_columns=True,
    ),
    # A county's own sheet: three lines of merged heads, units in them, cells merged downwards.
    "merged": Layout(
        above=(("2026年雁江区重点招商项目推进表（每月25日前报送）",),),
        columns=(
            Spec(("序\n号",), "serial"),
            Spec(("项目编码",), "no"),
            Spec(("责任单位",), "responsible_unit"),
            Spec(("项目基本情况", "项目名称"), "name"),
            Spec(("项目基本情况", "投资方", "企业名称"), "investor_name"),
            Spec(("项目基本情况", "投资方", "信用代码"), "uscc"),
            Spec(("项目基本情况", "投资方", "联系人"), "contact_name"),
            Spec(("项目基本情况", "投资方", "联系电话"), "contact_phone"),
            Spec(("投资额（万元）", "总投资"), "agreed_investment"),
            Spec(("投资额（万元）", "其中", "固定资产"), "agreed_fixed_assets"),
            Spec(("投资额（万元）", "其中", "设备投入"), None),
            Spec(("用地（亩）",), "land_mu"),
            Spec(("首谈", "首谈地"), "first_contact_place"),
            Spec(("首谈", "首谈时间"), "first_talk_date"),
            Spec(("落户县区",), "landing_place"),
            Spec(("项目阶段",), "stage"),
            Spec(("约定时间", "开工"), "agreed_start"),
            Spec(("约定时间", "竣工"), "agreed_completion"),
            Spec(("约定时间", "投产"), "agreed_operation"),
            Spec(("实际时间", "开工"), "actual_start"),
            Spec(("实际时间", "竣工"), "actual_completion"),
            Spec(("签约日期",), "signed_on"),
            Spec(("到位资金（亿元）", "累计"), "paid_in_total", "亿元"),
            Spec(("到位资金（亿元）", "其中：本年"), "paid_in_ytd", "亿元"),
            Spec(("分管领导批示",), None),
            Spec(("备  注",), "remark"),
        ),
        notes=("备注：红色字体为本月新增。", "单位负责人（签字）：", "审核人：李四"),
        merged_cells=True,
    ),
    # A zone's short list in two lines: amounts in 亿元, other words, no serial numbers.
    "short": Layout(
        above=((), ("在库项目一览",)),
        columns=(
            Spec(("项目名称*",), "name"),
            Spec(("投资主体",), "investor_name"),
            Spec(("来源地",), "investor_region"),
            Spec(("内外资",), "capital_origin"),
            Spec(("计划总投资（亿元）",), "agreed_investment", "亿元"),
            Spec(("建设内容及规模",), "description"),
            Spec(("产业组",), "group"),
            Spec(("首报首谈地",), "first_contact_place"),
            Spec(("目前阶段",), "stage"),
            Spec(("签约时间",), "signed_on"),
            Spec(("时间节点", "计划开工时间"), "agreed_start"),
            Spec(("时间节点", "计划竣工时间"), "agreed_completion"),
            Spec(("是否亿元以上",), None),
            Spec(("累计到位资金",), "paid_in_total"),
            Spec(("下步工作",), "next_step"),
        ),
        notes=("※ 本表仅供内部使用",),
    ),
}
UNSAID_UNIT = {"short": {"paid_in_total"}}
