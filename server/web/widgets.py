"""Pages in a frame on other people's sites: in their theme, their language and their accent.

An accent is one colour of the site around. It is used where it can be read: a shade too close to
its ground is made darker on light and lighter on dark until it stands out (WCAG 2.2, 1.4.3).
"""

import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.web.assets import FOR_GOOD
from server.web.languages import CHINESE, LANGUAGES

THEMES = ("auto", "light", "dark")
COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")
LIGHT, DARK = "FFFFFF", "131F2C"  # --surface in tokens.css
READABLE = 4.5
STEPS = 64


def looks(query: Mapping[str, str]) -> dict[str, str]:
    """Theme, language and accent as a widget's address asks for them; what is none is as usual."""
    theme, language = query.get("theme", ""), query.get("lang", "")
    accent = COLOUR.fullmatch(query.get("accent", "").strip())
    return {
        "theme": theme if theme in THEMES else THEMES[0],
        "lang": language if language in LANGUAGES else CHINESE,
        "accent": accent[1].upper() if accent else "",
    }


async def accent(request: Request) -> Response:
    """`GET /widgets/accent/1B4F86.css`: the colours that a widget takes from an accent."""
    colour = COLOUR.fullmatch(request.path_params["colour"])
    if colour is None:
        raise HTTPException(404)
    light, dark = (f"--accent: #{readable(colour[1], ground)}" for ground in (LIGHT, DARK))
    text = (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{ {dark} }} }}\n"
        f":root[data-theme='dark'] {{ {dark} }}\n"
    )
    return Response(text, media_type="text/css", headers={"Cache-Control": FOR_GOOD})


def readable(colour: str, ground: str) -> str:
    """The shade of a colour, nearest to it, that can be read on a ground.

    >>> readable("1B4F86", LIGHT), readable("F4C430", LIGHT)
    ('1B4F86', '8D711C')
    """
    end = 0 if luminance(ground) > 0.5 else 255
    for step in range(STEPS + 1):
        shade = "".join(
            f"{round(part + (end - part) * step / STEPS):02X}" for part in bytes.fromhex(colour)
        )
        if contrast(shade, ground) >= READABLE:
            break
    return shade


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours as `1B4F86`, from 1 to 21."""
    darker, lighter = sorted(luminance(colour) + 0.05 for colour in (one, other))
    return lighter / darker


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2: 0 for black, 1 for white."""
    red, green, blue = (linear(part / 255) for part in bytes.fromhex(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


routes = [Route("/widgets/accent/{colour}.css", accent)]
