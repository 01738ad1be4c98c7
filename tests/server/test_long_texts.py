"""A file in a request's JSON is taken out before the JSON is read, and nothing else is changed by it."""

import random

import orjson
import pytest

from server.api.request_parsing import STRIDE, take_long_texts, with_texts

LONG = "A" * (2 * STRIDE)
BODIES = [
    {"content": LONG},
    {"content": LONG + "=="},
    {"files": [{"content": LONG}, {"name": "b", "content": "B" + LONG}, "C" * STRIDE]},
    {"text": LONG + "\n", "other": LONG},
    {"text": LONG + '"' + LONG},
    {"text": "\\" + LONG, "quoted": f'"{LONG}'},
    {"text": "柠" + LONG + "檬", "spaces": " " * 3 * STRIDE, "numbers": [1] * STRIDE},
    {LONG: LONG},
    LONG,
    [LONG, {"a": None, "b": "", "c": 1.5}],
    {"short": "A" * (STRIDE - 1)},
]


@pytest.mark.parametrize("number", range(len(BODIES)))
@pytest.mark.parametrize("spaces", [0, 3 * STRIDE])
def test_a_body_says_the_same_with_its_long_texts_taken_out(number: int, spaces: int) -> None:
    text = orjson.dumps(BODIES[number]).replace(b":", b":" + b" " * spaces)
    assert same(text)


def test_a_long_file_is_no_longer_in_what_is_read_as_json() -> None:
    body, texts = take_long_texts(orjson.dumps({"query": "mutation", "content": LONG}))
    assert len(body) < 100 and list(texts.values()) == [LONG]


def test_random_bodies_say_the_same() -> None:
    chance = random.Random(26)
    for _ in range(60):
        made = {
            f"k{n}": chance.choice('AB"\\\n柠, :[]{}') * chance.randint(0, 3 * STRIDE)
            + chance.choice(["A", '"', "\\", "B" * STRIDE])
            for n in range(chance.randint(1, 5))
        }
        assert same(orjson.dumps(made))


@pytest.mark.parametrize("broken", [b'"a"%s"b"', b'{"a": %s"}', b'{"a": "%s', b'{"a" "%s"}'])
def test_what_is_no_json_stays_none(broken: bytes) -> None:
    body, _ = take_long_texts(broken % LONG.encode())
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)


def same(text: bytes) -> bool:
    body, texts = take_long_texts(text)
    return bool(with_texts(orjson.loads(body), texts) == orjson.loads(text))
