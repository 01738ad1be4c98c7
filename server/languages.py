"""In which language a page speaks: Chinese as its template says it, or a catalogue of templates/locale/.

A catalogue is `templates/locale/en.po`, in the format of gettext; what it does not know stays
Chinese. Names out of the database, as a place's, may stand in it too.
"""

from contextvars import ContextVar
from pathlib import Path

from babel.messages.pofile import read_po

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


def ngettext(one: str, many: str, count: int) -> str:
    """Chinese has one form for all numbers."""
    return gettext(one if count == 1 else many)
