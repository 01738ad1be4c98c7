"""The program that lays a document out as PDF in a bounded process: `paper` starts it.

Standard input: a line of JSON `{"values", "title", "author", "day", "main", "fonts"}`; `main` is the
file of the layout, `fonts` a folder with more fonts or "". Standard output: a line of JSON, `{}` and
then the PDF, or `{"refused": "BROKEN", "message"}`.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst


def main() -> None:
    """Lay out standard input. The same values make the same bytes on the same fonts."""
    asked = json.loads(sys.stdin.buffer.readline())
    main = Path(asked["main"])
    about = {name: asked[name] for name in ("title", "author", "day")}
    values = json.dumps(asked["values"], ensure_ascii=False)
    try:
        made = typst.compile(
            main,
            root=main.parent,
            font_paths=[asked["fonts"]] if asked["fonts"] else [],
            sys_inputs={"values": values, **about},
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime.fromisoformat(asked["day"]).replace(tzinfo=UTC),
        )
        answer = {}
    except typst.TypstError as error:
        answer, made = {"refused": "BROKEN", "message": f"{error.message} {error.hints}"}, b""
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n" + made)


if __name__ == "__main__":
    main()
