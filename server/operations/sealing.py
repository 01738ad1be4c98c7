"""The keys of the journal as an installation has them: made where it begins, missed where they are gone."""

from datetime import UTC, datetime

from schema import database
from schema.gate import keys
from schema.gate.journal import COUNT, LAST
from schema.gate.locks import next_numbers
from schema.gate.resealing import seal_existing, settle_keys
from server import settings

OLDER = "办理记录还没有加封，请先备份，再运行 sixones migrate"
LOST = (
    "办理记录是用密钥 {key} 加封的，{why}。请把当时的密钥文件放回 {file}（权限 600），"
    "或用 SIXONES_KEY_FILE 指明它在哪里；没有它既不能校验也不能续写办理记录"
)


async def make_keys() -> bool:
    """Make the file of keys where there is none and no entry was sealed yet; whether that was so.

    A journal from before there were keys is sealed with it, where it is whole (`seal_existing`). Where
    the journal is empty and the file speaks of another one, that file is kept beside the new.
    Raises KeysMissing where entries are sealed by a key that is not there, JournalBroken.
    """
    await settle_keys()
    last = await database.fetch(LAST)
    if last and last[0]["key_id"]:
        if problem := await missing_key():
            raise keys.KeysMissing(problem)
        return False
    if last:
        return await seal_existing(datetime.now(UTC)) is not None
    where = keys.file()
    if where.exists() and keys.ring()[-1].since:
        now = datetime.now(settings.TIME_ZONE)
        where.replace(where.with_name(f"{where.name}-{now:%Y%m%d-%H%M%S}"))
    return keys.make()


async def missing_key() -> str | None:
    """Why the journal cannot be gone on with by these keys, in words; None where it can."""
    await settle_keys()
    last = await database.fetch(LAST)
    try:
        known = keys.ring()
    except keys.KeysMissing as missing:
        if not last or not last[0]["key_id"]:
            return str(missing)
        return LOST.format(key=last[0]["key_id"], why=missing, file=keys.file())
    if last and not last[0]["key_id"]:
        return OLDER
    if last and last[0]["key_id"] not in {each.id for each in known}:
        why = f"密钥文件里只有 {'、'.join(each.id for each in known)}"
        return LOST.format(key=last[0]["key_id"], why=why, file=keys.file())
    return None


async def change_key() -> keys.Secret:
    """Seal what comes from now on with a new secret; the former ones stay, to verify what they sealed."""
    async with database.transaction():
        await next_numbers(COUNT, 0)  # no entry is written meanwhile
        last = await database.fetch(LAST)
        if problem := await missing_key():
            raise keys.KeysMissing(problem)
        if not last or keys.ring()[-1].since == last[0]["id"]:
            raise keys.KeysMissing("这个密钥还没有加封过办理记录，不用更换")
        return keys.add(last[0]["id"], last[0]["hash"])
