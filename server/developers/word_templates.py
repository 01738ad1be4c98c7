"""The built-in Word templates, by GB/T 9704-2012: `python -m server.developers.word_templates`
writes them again into `templates/documents`. An office edits its own copy in Word or WPS.

A4 with a type area of 156 × 225 mm, 22 lines of 28 characters; 小标宋 for titles, 仿宋 for text, 黑体
for headings. Fonts are named and not shipped: `FONTS` says what stands in for each.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from server.settings import ROOT

FOLDER = ROOT / "templates/documents"
BODY, TITLE, HEADING, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
FONTS = {BODY: "FangSong", TITLE: "STZhongsong", HEADING: "SimHei", KAI: "KaiTi"}
RED = RGBColor(0xC8, 0x10, 0x1E)
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
PACKED_AT = (1980, 1, 1, 0, 0, 0)
CENTER, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


class Sheet:
    """A document page by page: paragraphs and tables in the fonts and sizes of official papers."""

    def __init__(self, title: str, size: float = 16, pitch: float = 28) -> None:
        self.file: Any = Document()
        self.size, self.pitch = size, pitch
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.header_distance, section.footer_distance = Mm(15), Mm(28)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        for name, value in (("type", "lines"), ("linePitch", "580")):
            grid.set(qn(f"w:{name}"), value)
        normal = self.file.styles["Normal"]
        normal.font.size = Pt(size)
        set_font(normal.element.get_or_add_rPr(), BODY)
        for look in self.file.styles.element.iter(qn("w:lang")):
            look.set(qn("w:eastAsia"), "zh-CN")
        about = self.file.core_properties
        about.title, about.author, about.last_modified_by, about.comments = title, "", "", ""
        about.created = about.modified = CREATED
        self._page_number(section.footer.paragraphs[0])
        self._font_table()

    def line(
        self,
        text: str,
        font: str = BODY,
        size: float | None = None,
        *,
        align: Any = None,
        indent: bool = False,
        color: RGBColor | None = None,
        before: float = 0,
        after: float = 0,
        pitch: float | None = None,
        where: Any = None,
    ) -> Any:
        """A paragraph; `pitch` is its line's height in points, None for the sheet's own."""
        paragraph = (where or self.file).add_paragraph()
        self.fill(paragraph, text, font, size, color)
        form = paragraph.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch or self.pitch)
        if pitch or self.size < 16:
            free_of_grid(paragraph)
        if font == HEADING:
            form.keep_with_next = True
        if align is not None:
            paragraph.alignment = align
        if indent:
            form.first_line_indent = Pt(2 * (size or self.size))
        return paragraph

    def fill(
        self,
        paragraph: Any,
        text: str,
        font: str,
        size: float | None,
        color: RGBColor | None = None,
    ) -> None:
        run = paragraph.add_run(text)
        run.font.size = Pt(size or self.size)
        if color is not None:
            run.font.color.rgb = color
        set_font(run._element.get_or_add_rPr(), font)

    def head(self, issuer: str, size: float = 26) -> None:
        """The issuer in red over a red rule."""
        self.line(issuer, TITLE, size, align=CENTER, color=RED, pitch=size * 1.5, after=4)

    def rule(self, text: str, size: float = 14) -> None:
        """A line with the document's number, and the red rule below it."""
        paragraph = self.line(text, BODY, size, align=CENTER, pitch=22)
        borders = parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="6"'
            ' w:color="C8101E"/></w:pBdr>'
        )
        paragraph._p.get_or_add_pPr().insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:spacing", "w:ind",
            "w:jc",
        )  # fmt: skip

    def sealed(self) -> None:
        """The head of the journal when the document was issued, for whoever is given it."""
        self.line("{%p if 校验码 %}", pitch=2)
        text = "办理记录第 {{ 校验条号 }} 条　校验码 {{ 校验码 }}　{{ 校验时间 }}"
        self.line(text, KAI, 8, align=CENTER, pitch=10)
        self.line("{%p endif %}", pitch=2)

    def table(
        self, rows: list[list[str]], widths: list[float], *, size: float = 12, head: bool = False,
        pitch: float = 19, padding: int = 30, labels: bool = True,
    ) -> None:  # fmt: skip
        """A table in fine rules; `widths` in mm. A row of one text spans all columns (`{%tr … %}`).

        Every other column is a label where `labels`, the first row where `head`.
        """
        made = self.file.add_table(rows=0, cols=len(widths))
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        properties = made._tbl.tblPr
        properties.append(
            parse_xml(
                f"<w:tblBorders {nsdecls('w')}>"
                + "".join(
                    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="404040"/>'
                    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
                )
                + "</w:tblBorders>"
            )
        )
        properties.append(
            parse_xml(
                f'<w:tblCellMar {nsdecls("w")}><w:top w:w="{padding}" w:type="dxa"/>'
                f'<w:left w:w="100" w:type="dxa"/><w:bottom w:w="{padding}" w:type="dxa"/>'
                '<w:right w:w="100" w:type="dxa"/></w:tblCellMar>'
            )
        )
        for number, texts in enumerate(rows):
            row = made.add_row()
            not_split(row, repeated=head and number == 0)
            cells = row.cells
            if len(texts) == 1 and texts[0].startswith("{%"):
                texts = texts + [""] * (len(widths) - 1)
            elif len(texts) < len(widths):
                cells[len(texts) - 1].merge(cells[-1])
            for at, text in enumerate(texts):
                cell = row.cells[at]
                label = (head and number == 0) or (labels and at % 2 == 0)
                paragraph = cell.paragraphs[0]
                self.fill(paragraph, text, HEADING if label else BODY, size)
                form = paragraph.paragraph_format
                form.space_before = form.space_after = Pt(0)
                free_of_grid(paragraph)
                form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(pitch)
                if label:
                    paragraph.alignment = CENTER
                cell.vertical_alignment = 1
            for at, width in enumerate(widths):
                if len(row._tr.tc_lst) == len(widths):
                    row.cells[at].width = Mm(width)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)

    def bytes(self) -> bytes:
        """The file, the same bytes each time."""
        made, packed = BytesIO(), BytesIO()
        self.file.save(made)
        with ZipFile(made) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
            for name in old.namelist():
                if not name.startswith("docProps/thumbnail"):
                    new.writestr(ZipInfo(name, PACKED_AT), old.read(name), ZIP_DEFLATED)
        return packed.getvalue()

    def _page_number(self, paragraph: Any) -> None:
        """— 1 — in 宋体 四号, centered."""
        paragraph.alignment = CENTER
        self.fill(paragraph, "— ", "宋体", 14)
        field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "/>')
        run = OxmlElement("w:r")
        field.append(run)
        number = OxmlElement("w:t")
        number.text = "1"
        look = OxmlElement("w:rPr")
        set_font(look, "宋体")
        for name in ("sz", "szCs"):
            size = OxmlElement(f"w:{name}")
            size.set(qn("w:val"), "28")
            look.append(size)
        run.append(look)
        run.append(number)
        paragraph._p.append(field)
        self.fill(paragraph, " —", "宋体", 14)

    def _font_table(self) -> None:
        """What Word takes where a font is missing, and the part of it that python-docx ships leaves out."""
        part = next(
            each
            for each in self.file.part.package.iter_parts()
            if str(each.partname).endswith("/fontTable.xml")
        )
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{"swiss" if name == HEADING else "roman"}"/><w:pitch w:val="variable"/></w:font>'
            for name, other in FONTS.items()
        )
        part._blob = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
        ).encode()
        for relation, found in list(self.file.part.package.rels.items()):
            if found.reltype.endswith("/thumbnail"):
                del self.file.part.package.rels[relation]


def set_font(look: Any, name: str) -> None:
    """One font for Chinese and all other letters."""
    fonts = look.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        look.insert(0, fonts)
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), name)
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)


def free_of_grid(paragraph: Any) -> None:
    """Lines of a table have their own height."""
    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        free, "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:rPr"
    )


def not_split(row: Any, *, repeated: bool) -> None:
    """A row stays on one page; a heading is repeated on the next."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeated:
        properties.append(OxmlElement("w:tblHeader"))


def receipt() -> bytes:
    """The receipt of a report."""
    sheet = Sheet("报送回执")
    sheet.head("{{ 出具单位 }}", 24)
    sheet.rule("编号：{{ 编号 }}")
    sheet.line("招商引资项目信息报送回执", TITLE, 22, align=CENTER, before=10, after=8, pitch=32)
    sheet.line("{{ 报送单位 }}：")
    sheet.line(
        "你单位{{ 报送日期 }}报送的“{{ 项目名称 }}”项目信息收悉，编号为{{ 编号 }}。现将有关事项回执如下。",
        indent=True,
        after=8,
    )
    sheet.table(
        [
            ["投资方", "{{ 投资方 }}（{{ 信用代码 }}）"],
            ["计划总投资", "{{ 计划总投资 }}"],
            ["报送时间", "{{ 报送时间 }}"],
            ["研判时限", "{{ 研判时限 }}（{{ 时限依据 }}）"],
            ["最迟办结", "{{ 最迟办结 }}"],
            ["办理状态", "{{ 阶段 }}　{{ 办理状态 }}"],
        ],
        [32, 124],
    )
    sheet.line("{%p if 首谈申报 %}")
    sheet.line("一、首谈申报", HEADING, before=6, after=2)
    sheet.table(
        [
            ["申报地", "接洽日期", "接洽对象", "佐证"],
            ["{%tr for 项 in 首谈申报 %}"],
            ["{{ 项.地方 }}", "{{ 项.接洽日期 }}", "{{ 项.接洽对象 }}", "{{ 项.佐证份数 }} 份"],
            ["{%tr endfor %}"],
        ],
        [44, 50, 40, 22],
        head=True,
        labels=False,
    )
    sheet.line("{%p endif %}")
    sheet.line("{%p if 研判结果 %}")
    sheet.line("{% if 首谈申报 %}二{% else %}一{% endif %}、研判结果", HEADING, before=6, after=2)
    sheet.table(
        [
            ["结果", "{{ 研判结果 }}"],
            ["首谈地", "{{ 首谈地 }}"],
            ["研判意见", "{{ 研判意见 }}"],
            ["{%tr if 不按建议的理由 %}"],
            ["不按建议的理由", "{{ 不按建议的理由 }}"],
            ["{%tr endif %}"],
            ["{%tr if 会同意见 %}"],
            ["会同意见", "{{ 会同意见 }}"],
            ["{%tr endif %}"],
            ["署名", "{{ 研判署名 }}　{{ 研判日期 }}"],
        ],
        [32, 124],
    )
    sheet.line("{%p endif %}")
    sheet.line("{%p for 项 in 退回补正 %}")
    sheet.line("{{ 项.时间 }}退回补正：{{ 项.原因 }}（{{ 项.署名 }}）", indent=True, before=8)
    sheet.line("{%p endfor %}")
    sheet.line("{{ 出具单位 }}", align=RIGHT, before=14)
    sheet.line("{{ 数据截至 }}", align=RIGHT)
    sheet.line("（联系人：{{ 出具单位联系人 }}，电话：{{ 出具单位电话 }}）", indent=True, before=6)
    sheet.line("注：时限{{ 时限算法 }}。", KAI, 12, before=10, pitch=18)
    sheet.sealed()
    return sheet.bytes()


def brief() -> bytes:
    """The brief of a project, on one page."""
    sheet = Sheet("项目简报", size=12, pitch=18)
    section = sheet.file.sections[0]
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(18), Mm(18), Mm(10)
    small: dict[str, Any] = {"size": 10.5, "pitch": 13, "padding": 10}
    sheet.head("{{ 出具单位 }}", 18)
    sheet.rule("项目简报　　编号：{{ 编号 }}　　数据截至{{ 数据截至 }}", 12)
    sheet.line("{{ 项目名称 }}", TITLE, 18, align=CENTER, before=4, after=4, pitch=24)
    sheet.table(
        [
            ["投资方", "{{ 投资方 }}", "信用代码", "{{ 信用代码 }}"],
            ["计划总投资", "{{ 计划总投资 }}", "固定资产", "{{ 固定资产投资 }}"],
            ["资金来源地", "{{ 资金来源地 }}", "产业小组", "{{ 产业小组 }}　{{ 行业代码 }}"],
            ["用地", "{{ 用地 }}", "项目责任人", "{{ 项目责任人 }}"],
            ["首谈地", "{{ 首谈地 }}", "注册落户地", "{{ 注册落户地 }}"],
            ["报送单位", "{{ 报送单位 }}", "报送日期", "{{ 报送日期 }}"],
            ["阶段", "{{ 阶段 }}", "下一阶段", "{{ 下一阶段 }}"],
            ["项目概况", "{{ 项目概况 }}"],
            ["需要协调", "{{ 需要协调 }}"],
            ["研判", "{{ 研判结果 }}　{{ 研判署名 }}　{{ 研判日期 }}"],
        ],
        [25, 55, 25, 51],
        **small,
    )
    sheet.line("{%p if 签约日期 %}")
    sheet.line("一、签约与履约", HEADING, 14, before=5, after=2, pitch=20)
    sheet.table(
        [
            ["签约日期", "签约资金", "到位资金", "到位率", "税收"],
            ["{{ 签约日期 }}", "{{ 签约资金 }}", "{{ 到位资金 }}", "{{ 到位率 }}", "{{ 税收 }}"],
        ],
        [42, 31, 31, 21, 31],
        head=True,
        labels=False,
        **small,
    )
    sheet.line("{%p endif %}")
    sheet.line("{%p if 分享 %}")
    sheet.line("二、指标和税收分享", HEADING, 14, before=5, after=2, pitch=20)
    sheet.table(
        [
            ["指标", "首谈地∶落户地", "首谈地所得", "落户地所得"],
            ["{%tr for 项 in 分享 %}"],
            ["{{ 项.指标 }}", "{{ 项.比例 }}", "{{ 项.首谈地所得 }}", "{{ 项.落户地所得 }}"],
            ["{%tr endfor %}"],
        ],
        [28, 52, 38, 38],
        head=True,
        labels=False,
        **small,
    )
    sheet.line(
        "依据：{% for 项 in 分享 %}{{ 项.指标 }}，{{ 项.依据 }}{% if not loop.last %}；{% endif %}{% endfor %}。",
        KAI,
        10.5,
        before=3,
        pitch=14,
    )
    sheet.line("{%p endif %}")
    sheet.line("{%p if 进度 %}")
    sheet.line(
        "进度：{% for 项 in 进度 %}{{ 项.日期 }}{{ 项.阶段 }}{% if not loop.last %}，{% endif %}{% endfor %}。",
        size=12,
        before=6,
    )
    sheet.line("{%p endif %}")
    sheet.line("{%p if 近期办理 %}")
    sheet.line("近期办理", HEADING, 14, before=5, after=2, pitch=20)
    sheet.table(
        [
            ["日期", "事项", "单位", "办理人"],
            ["{%tr for 项 in 近期办理 %}"],
            ["{{ 项.日期 }}", "{{ 项.事项 }}", "{{ 项.单位 }}", "{{ 项.办理人 }}"],
            ["{%tr endfor %}"],
        ],
        [42, 48, 40, 26],
        head=True,
        labels=False,
        **small,
    )
    sheet.line("{%p endif %}")
    sheet.sealed()
    return sheet.bytes()


def group() -> bytes:
    """The brief of a group for its leader, on one page."""
    sheet = Sheet("小组简报", size=12, pitch=18)
    section = sheet.file.sections[0]
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(16), Mm(18), Mm(10)
    small: dict[str, Any] = {"size": 9, "pitch": 12, "padding": 10, "head": True, "labels": False}
    part: dict[str, Any] = {"before": 5, "after": 2, "pitch": 20}
    sheet.head("{{ 出具单位 }}", 18)
    sheet.rule("小组简报　　数据截至{{ 数据截至 }}", 12)
    sheet.line("{{ 小组 }}", TITLE, 18, align=CENTER, before=4, after=2, pitch=24)
    leads = "组长：{{ 组长 }}　{{ 组长职务 }}　　牵头部门：{{ 牵头部门 }}"
    sheet.line(leads, KAI, 10.5, align=CENTER, after=2, pitch=14)
    sheet.line("一、六个一", HEADING, 14, **part)
    sheet.table(
        rows_of(["名称", "内容", "文号", "进展", "还缺"], "六个一"),
        [28, 35, 28, 13, 52],
        **small | {"size": 8, "pitch": 10},
    )
    counted = "二、项目（在推进 {{ 项目合计 }} 项，另有不再推进的 {{ 不再推进 }} 项）和本月成绩"
    sheet.line(counted, HEADING, 14, **part)
    stages = "{{ 项.阶段 }}{{ 项.项数 }} 项（{{ 项.金额 }}）"
    sheet.line(f"{joined('漏斗', stages)}", size=10.5, pitch=14)
    figures = "本月计入{{ 项.指标 }}{{ 项.金额 }}"
    sheet.line(f"{joined('计入', figures)}", size=10.5, before=2, pitch=14)
    title = "三、卡在哪里（在办 {{ 等待合计 }} 件，逾期 {{ 逾期合计 }} 件）"
    sheet.line(title, HEADING, 14, **part)
    sheet.line("{%p if 卡点 %}", pitch=2)
    sheet.table(
        rows_of(["单位", "事项", "对象", "时限", "件数"], "卡点"), [26, 33, 58, 28, 11], **small
    )
    rest = "另有 {{ 卡点未列 }} 个单位有逾期或将到期的事，没有列出。"
    sheet.line("{%p if 卡点未列 %}", pitch=2)
    sheet.line(rest, size=9, pitch=12)
    sheet.line("{%p endif %}", pitch=2)
    sheet.line("{%p else %}", pitch=2)
    sheet.line("没有逾期或将到期的事。", size=10.5, pitch=14)
    sheet.line("{%p endif %}", pitch=2)
    sheet.line("四、今后一个月", HEADING, 14, **part)
    sheet.line("{%p if 近期 %}", pitch=2)
    sheet.table(rows_of(["日期", "事项", "对象", "单位"], "近期"), [32, 26, 73, 25], **small)
    rest = "另有 {{ 近期未列 }} 件，没有列出。"
    sheet.line("{%p if 近期未列 %}", pitch=2)
    sheet.line(rest, size=9, pitch=12)
    sheet.line("{%p endif %}", pitch=2)
    sheet.line("{%p else %}", pitch=2)
    sheet.line("没有一个月内到期的事。", size=10.5, pitch=14)
    sheet.line("{%p endif %}", pitch=2)
    sheet.sealed()
    return sheet.bytes()


def rows_of(names: list[str], of: str) -> list[list[str]]:
    """A table's rows: the heads, and a line for each of a list, with the fields that the heads name."""
    line = [f"{{{{ 项.{name} }}}}" for name in names]
    return [names, [f"{{%tr for 项 in {of} %}}"], line, ["{%tr endfor %}"]]


def joined(of: str, each: str) -> str:
    """A sentence out of the lines of a list."""
    return f"{{% for 项 in {of} %}}{each}{{% if not loop.last %}}；{{% endif %}}{{% endfor %}}。"


BUILT_IN = {"receipt": receipt, "brief": brief, "group": group}


def main(folder: Path = FOLDER) -> None:
    for name, make in BUILT_IN.items():
        (folder / f"{name}.docx").write_bytes(make())


if __name__ == "__main__":
    main()
