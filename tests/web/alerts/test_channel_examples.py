import pytest

from webfoot.web.alerts.examples import EXAMPLES
from webfoot.web.alerts.made import load, make
from webfoot.web.alerts.schemes import parse


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_an_address_once_something_of_ones_own_stands_in_it(example):
    own = {
        "TOKEN_A/TOKEN_B/TOKEN_C": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "BOT_TOKEN/CHAT_ID": "123456789:abcdefg_hijklmnop/12315544",
        "WEBHOOK_ID/WEBHOOK_TOKEN": "4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    }
    address = example.address
    for words, instead in own.items():
        address = address.replace(words, instead)
    assert parse(address).scheme == address.partition("://")[0]
    load()
    assert make(address) is not None
