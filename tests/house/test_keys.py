"""The installation's keys: made once, for their owner alone, one for each purpose, and exchanged in order."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schema.gate import keys
from server import settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(keys.SETTING, str(tmp_path / "own" / "keys"))
    return keys.file()


def test_the_setting_that_operators_read_about_is_the_one_that_is_read() -> None:
    assert keys.file() == settings.KEY_FILE
    assert settings.absolute(keys.DEFAULT) == Path("var/keys").absolute()


def test_the_file_is_made_once_by_whoever_comes_first_and_for_its_owner_only(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [each.result() for each in [pool.submit(keys.make) for _ in range(16)]]
    assert made.count(True) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and keys.is_private()
    assert list(file.parent.iterdir()) == [file]
    file.chmod(0o640)
    assert not keys.is_private()


def test_each_purpose_has_a_key_of_its_own_which_no_later_secret_changes(file: Path) -> None:
    keys.make()
    (first,) = keys.ring()
    own = keys.key("personal")
    assert own == hmac.new(first.value, b"personal\x01", hashlib.sha256).digest()
    assert len(own) == 32 and own not in (keys.key("journal"), first.value)
    added = keys.add(7, "a" * 64)
    assert keys.ring() == (first, added)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.key("personal") == own == keys.key("personal", first.id)
    assert keys.key("personal", added.id) != own


@pytest.mark.parametrize("change", ["gone", "empty", "typed", "swapped"])
def test_a_file_that_is_not_the_operators_own_is_said_and_nothing_is_made(
    file: Path, change: str
) -> None:
    keys.make()
    keys.add(7, "a" * 64)
    title, one, two = file.read_text().splitlines()
    text = {
        "empty": "",
        "typed": f"{title}\n{one[:20]}{'1' if one[20] == '0' else '0'}{one[21:]}\n{two}\n",
        "swapped": f"{title}\n{one[:8]}{two[8:]}\n{two}\n",
    }
    file.unlink() if change == "gone" else file.write_text(text[change])
    with pytest.raises(keys.KeysMissing, match=str(file)):
        keys.key("journal")
    assert not file.exists() or file.read_text() == text[change]


def test_a_key_that_the_file_lacks_is_named(file: Path) -> None:
    keys.make()
    with pytest.raises(keys.KeysMissing, match="没有密钥 0123abcd"):
        keys.key("journal", "0123abcd")
