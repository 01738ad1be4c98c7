"""The language of a page: Chinese as its template has it, or a catalogue of templates/locale/.

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

current_language: ContextVar[str] = ContextVar("language", default=CHINESE)


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


def set_language(language: str) -> None:
    """From here on in this request."""
    current_language.set(language)


def translate(message: str) -> str:
    return CATALOGUES.get(current_language.get(), {}).get(message, message)


def gettext(message: str, /, **values: Any) -> Markup:
    """`_` of the templates: a sentence in the reader's language with its values escaped.

    Called a hundred times for a page, so it does nothing else. `%%` is a per cent sign.

    >>> gettext("共 %(total)s 项", total="<3")
    Markup('共 &lt;3 项')
    """
    text = Markup(translate(message))
    return text % values if "%" in text else text
