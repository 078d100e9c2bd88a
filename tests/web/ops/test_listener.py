import socket

import pytest

from webfoot.web.ops.listener import AddressError, address_of, is_local, listen


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 70_000, "option --port is 70000: a whole number from 0 to 65535 would be right"),
        ("no such host", 0, "option --host is 'no such host', which is no address"),
        ("203.0.113.7", 0, "this machine cannot answer at 203.0.113.7"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(host, port, said):
    with pytest.raises(AddressError, match=said):
        listen(host, port)


def test_addresses_are_named_for_browsers_and_told_apart():
    with listen("0.0.0.0", 0) as everywhere, listen("127.0.0.1", 0) as here:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
        assert (is_local(everywhere), is_local(here)) == (False, True)
    if socket.has_ipv6:
        with listen("::1", 0) as six:
            assert address_of(six) == f"http://[::1]:{six.getsockname()[1]}"
            assert is_local(six)
