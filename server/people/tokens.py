"""Bearer tokens: a partner's program acts as the person to whom its token was issued.

A token is shown once, when it is made; the table keeps its SHA-256 and its first characters.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from schema.city.rules import RuleBroken, clean_text
from schema.database.cache import forget
from schema.people.rules import Post, Scope
from schema.people.tables import Appointment, Person, Token
from server.people.security_log import noted

PREFIX = "six1_"
SHOWN = len(PREFIX) + 6
DAYS_MOST = 730


async def issue(
    person: Person, name: str, days: int | None = 365, scopes: Iterable[Scope] = ()
) -> tuple[Token, str]:
    """A new token and its text, which nobody can read again. Without `days` it does not expire.

    `scopes` open what is not published to a partner's person, and to nobody else: RuleBroken.
    """
    name = clean_text(name, 60, one_line=True)
    if not name:
        raise RuleBroken("请写明令牌给谁用，例如：遂宁投资促进系统", "name", "INVALID")
    if days is not None and not 0 < days <= DAYS_MOST:
        raise RuleBroken(f"有效天数应为 1 到 {DAYS_MOST}", "days", "INVALID")
    opened = sorted(set(scopes))
    if opened and not await Appointment.filter(person_id=person.id, post=Post.PARTNER).exists():
        raise RuleBroken("范围只用于合作机构的令牌，其他人按岗位访问", "scopes", "INVALID")
    now = datetime.now(UTC)
    text = PREFIX + new_token()
    token = await Token.create(
        name=name,
        prefix=text[:SHOWN],
        token_hash=hash_token(text),
        scopes=" ".join(opened),
        person_id=person.id,
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    given = {"token": token.id, "scopes": token.scopes}
    noted("token_issued", person=person.id, username=person.username, **given)
    return token, text


async def issued(person: Person | None = None) -> Sequence[Token]:
    """All tokens, or one person's, with the person, the newest first."""
    found = Token.filter(person_id=person.id) if person else Token.all()
    return await found.order_by("-id").prefetch_related("person")


async def end(token_id: int) -> bool:
    """From now on the token opens nothing; False if there is none that still would."""
    ended = await Token.filter(id=token_id, ended_at=None).update(ended_at=datetime.now(UTC))
    if ended:
        forget()
        noted("token_ended", token=token_id)
    return bool(ended)


def describe_token(token: Token, now: datetime) -> dict[str, Any]:
    """A token as it is listed: everything but the token."""
    return {
        "id": token.id,
        "username": token.person.username,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "alive": alive(token, now),
    }


def alive(token: Token, now: datetime) -> bool:
    return token.ended_at is None and (token.expires_at is None or token.expires_at > now)


def new_token() -> str:
    """256 random bits that fit a cookie, a header and a shell."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What the table keeps: the text has 256 random bits, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
