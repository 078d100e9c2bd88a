import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.errors import UnknownName
from webfoot.web.alerts.addresses import check_destination, kind_of, refusal
from webfoot.web.alerts.schemes import SCHEMES, AlertError, masked, parse

PUBLIC = "93.184.215.14"


def leads_to(*addresses):
    """A resolver that gives every host these addresses."""
    return lambda host: addresses


def unknown(host):
    raise OSError("no such host")


def check(url, *addresses, allow_private=False):
    return check_destination(url, allow_private, leads_to(*addresses) if addresses else unknown)


KINDS = [
    (PUBLIC, "public"),
    ("172.15.255.255", "public"),
    ("172.32.0.0", "public"),
    ("100.63.255.255", "public"),
    ("100.128.0.0", "public"),
    ("0.0.0.0", "unspecified"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.0.1", "private"),
    ("100.64.0.1", "shared"),
    ("100.127.255.255", "shared"),
    ("169.254.169.254", "link-local"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("198.18.0.1", "reserved"),
    ("192.0.2.1", "reserved"),
    ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "public"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fc00::1", "private"),
    ("fd12:3456::1", "private"),
    ("fec0::1", "private"),
    ("ff02::1", "multicast"),
    ("2001:db8::1", "reserved"),
    ("4000::1", "reserved"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:93.184.215.14", "public"),
    ("::127.0.0.1", "loopback"),
    ("2002:7f00:1::", "loopback"),  # 6to4 of 127.0.0.1
    ("2002:a9fe:a9fe::1", "link-local"),  # of 169.254.169.254
    ("2002:5db8:d70e::", "public"),  # of 93.184.215.14
    ("64:ff9b::10.0.0.1", "private"),
    ("64:ff9b::93.184.215.14", "public"),
    ("64:ff9b:1::10.0.0.1", "private"),
    ("2001:0:5db8:d70e:0:0:80ff:fffe", "loopback"),  # Teredo: the client 127.0.0.1 stands inverted at the end
    ("2001:0:5db8:d70e:0:0:a247:28f1", "reserved"),
    ("2606:2800::5efe:192.168.0.1", "private"),  # ISATAP
]


@pytest.mark.parametrize(("address", "kind"), KINDS)
def test_what_an_address_is(address, kind):
    assert kind_of(address) == kind


@given(st.ip_addresses())
def test_what_python_does_not_call_global_is_not_public(ip):
    assert ip.is_global or kind_of(str(ip)) != "public"


@given(st.ip_addresses(v=4) | st.sampled_from([ipaddress.IPv4Address(a) for a, _ in KINDS if ":" not in a]))
def test_an_address_in_disguise_is_what_it_is(ip):
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80))
    forms = [f"::ffff:{ip}", f"64:ff9b::{ip}", str(six_to_four)]
    assert {kind_of(form) for form in forms} == {kind_of(str(ip))}


@pytest.mark.parametrize(("address", "kind"), KINDS)
def test_users_may_reach_public_addresses_and_administrators_private_ones_too(address, kind):
    assert (refusal(address, allow_private=False) is None) == (kind == "public")
    assert (refusal(address, allow_private=True) is None) == (kind in ("public", "private", "loopback", "shared"))


def test_a_refusal_names_the_address_and_what_it_is():
    assert refusal("10.0.0.1", False) == "10.0.0.1 is a private address"
    assert refusal("0.0.0.0", True) == "0.0.0.0 is an unspecified address"


def test_a_public_host_is_allowed_and_its_addresses_are_told():
    found = check("jsons://hooks.example.org/a/b", PUBLIC, "2606:2800::1", PUBLIC)
    assert (found.target.scheme, found.target.host) == ("jsons", "hooks.example.org")
    assert found.addresses == (PUBLIC, "2606:2800::1")


@pytest.mark.parametrize("scheme", sorted(name for name, entry in SCHEMES.items() if entry.reaches is None))
def test_every_scheme_that_names_its_host_is_guarded(scheme):
    with pytest.raises(AlertError, match=r"leads inside: 10\.0\.0\.1 is a private address; give a host that the whole"):
        check(f"{scheme}://user:pass@intranet.example.org/token", "10.0.0.1")


def test_one_inner_address_among_many_is_enough_to_refuse():
    with pytest.raises(AlertError, match=r"169\.254\.169\.254 is a link-local address"):
        check("json://example.org/", PUBLIC, "169.254.169.254")


def test_administrators_may_name_private_hosts_but_not_a_clouds_metadata():
    assert check("json://printer/", "192.168.1.9", allow_private=True).addresses == ("192.168.1.9",)
    with pytest.raises(AlertError, match="link-local address; give another host"):
        check("json://metadata/", "169.254.169.254", allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "user@127.0.0.1",
        "example.org:80@127.0.0.1",
        "127.0.0.1:8080",
    ],
)
def test_loopback_is_seen_without_asking_a_resolver(host):
    with pytest.raises(AlertError, match="is a loopback address"):
        check(f"json://{host}/")


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "127.1", "127.0.1", "017700000001", "127.0.0.1.", "1.2.3.4.5"],
)
def test_numbers_that_the_c_library_would_read_as_an_address_are_refused(host):
    with pytest.raises(AlertError, match="is no address; write it as four decimal numbers"):
        check(f"json://{host}/", PUBLIC)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "/path",
        "user@",
        ":80",
        "a@b@127.0.0.1",
        "127.0.0.1%2f@example.org@x",
        "exa%6dple.org",
        "[::1",
        "[fe80::1%25eth0]",
        "[example.org]",
        "example.org:99999",
        "example.org:0",
        "example.org:http",
        "[v1.a]",
        "-x.org",
    ],
)
def test_a_host_that_two_parsers_could_read_in_two_ways_is_refused(place):
    with pytest.raises(AlertError, match="names no host that can be read; write it like json://user:password@host"):
        check(f"json://{place}", PUBLIC)


@pytest.mark.parametrize(
    "url",
    [
        "json://example.org\\@127.0.0.1/",
        "json://127.0.0.1#@example.org/",
        "json://example.org /",
        "json://example.org/\r\nHost: x",
        "json://example.org/%0d%0aHost:%20x",
        "json://example.org/%250d%250aHost",
        "json://example.org/%25250aHost",
        "json://example.org/?+X-Token=a%0aHost:%20b",
        "json://ⓔxample.org/",
        "json://example.org/\x00",
        "json://example.org/%00",
        " json://example.org/",
        "json://a.example.org/ file:///etc/passwd",
    ],
)
def test_signs_that_no_address_has_are_refused_however_often_they_are_encoded(url):
    with pytest.raises(AlertError, match="holds a space, a line break"):
        check(url, PUBLIC)


@pytest.mark.parametrize(
    "scheme",
    ["file", "exec", "dbus", "syslog", "rsyslog", "windows", "gnome", "macosx", "glib", "http", "https", "apprise"]
    + [
        "smpp",
        "mqtt",
        "growl",
        "xbmc",
        "form",
        "xml",
        "vapid",
        "signal",
        "deltachat",
        "blink1",
        "kodi",
        "ftp",
        "gopher",
    ],
)
def test_other_schemes_are_refused(scheme):
    with pytest.raises(UnknownName, match=f"unknown scheme of an alert address '{scheme}': choose one of discord, "):
        check(f"{scheme}://example.org/", PUBLIC)


@pytest.mark.parametrize("url", ["", "example.org", "mailto:me@example.org", "://example.org", "js on://x"])
def test_an_address_needs_a_scheme(url):
    with pytest.raises(AlertError, match=r"has no scheme; write it like mailto://|holds a space"):
        check(url, PUBLIC)


@pytest.mark.parametrize(
    ("url", "option"),
    [
        ("slack://a/b/c?template=/etc/passwd", "template"),
        ("workflows://example.org/b/c/d?Template=x", "template"),
        ("mailto://u:p@example.org?pgpprv=/root/key", "pgpprv"),
        ("mailto://u:p@example.org?to=a@b.org;pgppub=/etc/passwd", "pgppub"),
        ("mailto://u:p@example.org?pgp%70ub=x", "pgppub"),
        ("mailto://u:p@example.org?+Bcc=x@example.org", "+bcc"),
        ("ntfys://ntfy.sh/topic?attach=http://10.0.0.1/", "attach"),
        ("json://example.org?redirect=yes", "redirect"),
        ("jsons://example.org?verify=no", "verify"),
        ("json://example.org?rto=99999", "rto"),
        ("json://example.org?retry=99", "retry"),
        ("json://example.org?port=22", "port"),
        ("json://example.org?user=x", "user"),
        ("json://example.org?method=delete", "method"),
        ("json://example.org?+=x", "+"),
        ("matrixs://example.org/room?discovery=yes", "discovery"),
    ],
)
def test_options_that_read_files_or_change_the_way_are_refused(url, option):
    with pytest.raises(AlertError) as refused:
        check(url, PUBLIC)
    assert f"may not have the option '{option}'; allowed: " in str(refused.value)


def test_a_webhook_may_have_headers_parameters_and_fields():
    assert check("jsons://example.org/x?+X-Token=abc&-page=1&:team=robots", PUBLIC).target.host == "example.org"


def test_an_smtp_server_is_what_is_checked_of_an_email_address():
    with pytest.raises(AlertError, match=r"mailtos://mail.intranet leads inside: 10\.0\.0\.1"):
        check("mailtos://me:secret@example.org?smtp=mail.intranet", "10.0.0.1")
    with pytest.raises(AlertError, match=r"127\.0\.0\.1 is a loopback address"):
        check("mailtos://me:secret@example.org?smtp=example.org&SMTP=127.0.0.1", PUBLIC)
    with pytest.raises(AlertError, match="names no host that can be read"):
        check("mailtos://me:secret@example.org?smtp=127.0.0.1:22", PUBLIC)


def test_a_fixed_service_needs_no_look_up():
    assert check("slack://TokenA/TokenB/TokenC/").addresses == ()


def test_an_unknown_host_is_told_of():
    with pytest.raises(AlertError, match=r"json://nowhere\.example: no address of host 'nowhere\.example' is known"):
        check("json://nowhere.example/")


def test_a_host_that_cannot_be_encoded_is_told_of_as_unknown():
    label = "a" * 64
    with pytest.raises(AlertError, match="no address of host"):
        check_destination(f"json://{label}.invalid/", False)


def test_an_endless_address_is_refused():
    with pytest.raises(AlertError, match="has 3015 characters; at most 2048"):
        check("json://example/" + "a" * 3000, PUBLIC)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mailtos://me:secret@example.org:587/you@example.org?from=x", "mailtos://example.org"),
        ("jsons://user:secret@hooks.example.org/secret?+X-Token=secret", "jsons://hooks.example.org"),
        ("slack://secret/secret/secret", "slack://slack.com"),
        ("tgram://123:secret/456", "tgram://telegram.org"),
        ("pover://secret@secret", "pover://pushover.net"),
        ("JSON://[::1]:80/secret", "json://::1"),
        ("json://secret@a@b/", "json://***"),
        ("secret://secret", "***"),
        ("secret", "***"),
    ],
)
def test_no_secret_is_shown(url, shown):
    assert masked(url) == shown


@given(st.text(max_size=60) | st.builds("{}://{}".format, st.sampled_from(sorted(SCHEMES)), st.text(max_size=60)))
def test_whatever_is_given_is_read_or_refused_in_one_line(url):
    try:
        target = parse(url)
    except (AlertError, UnknownName) as refused:
        assert "\n" not in str(refused)
    else:
        assert target.scheme in SCHEMES
