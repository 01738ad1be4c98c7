"""In which language a page speaks: Chinese as its template says it, or a catalogue of templates/locale/.

A catalogue is `templates/locale/en.po`, in the format of gettext; what it does not know stays
Chinese. Names out of the database, as a place's, may stand in it too.
"""

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from markupsafe import Markup

from server.settings import ROOT

CHINESE = "zh-CN"

spoken: ContextVar[str] = ContextVar("spoken", default=CHINESE)


def catalogue(file: Path) -> dict[str, str]:
    """What each message is called. Raises ValueError for a file that is no catalogue."""
    with file.open("rb") as opened:
        messages = read_po(opened, abort_invalid=True)
    return {
        each.id: each.string
        for each in messages
        if each.id and isinstance(each.id, str) and isinstance(each.string, str)
    }


CATALOGUES = {file.stem: catalogue(file) for file in (ROOT / "templates/locale").glob("*.po")}
LANGUAGES = (CHINESE, *sorted(CATALOGUES))


def speak(language: str) -> None:
    """From here on in this request."""
    spoken.set(language)


def gettext(message: str) -> str:
    return CATALOGUES.get(spoken.get(), {}).get(message, message)


def said(message: str, /, **values: Any) -> Markup:
    """`_` of the templates: a sentence in the reader's language with its values escaped.

    Said a hundred times on a page, so nothing stands in between. `%%` is a per cent sign.

    >>> said("共 %(total)s 项", total="<3")
    Markup('共 &lt;3 项')
    """
    text = Markup(gettext(message))
    return text % values if "%" in text else text
