"""Settings come from the environment alone, and what can't be meant stops the start with one sentence."""

from __future__ import annotations

import os
from base64 import b64encode, urlsafe_b64encode
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import BadSetting
from lms.settings import NAMES, SETTINGS, SHORTEST_SECRET, Mode, Smtp, Tls, read

SECRET = "9f2c41d07be85a3612c8f4907d3e6ba5"
PRODUCTION = {"LMS_MODE": "production", "LMS_PUBLIC_URL": "https://learn.example.org", "LMS_SECRET_KEY": SECRET}


def test_with_nothing_set_it_is_a_demo_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = read({}, secret_needed=False)
    assert (settings.mode, settings.public_url, settings.secure) == (Mode.DEMO, "http://127.0.0.1:8000", False)
    assert settings.var == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/lms.db"
    assert settings.timezone.key == "Europe/London"


def test_production_takes_a_strong_secret_and_an_https_address():
    settings = read(PRODUCTION)
    assert settings.production
    assert settings.secure
    assert settings.secret_key == SECRET


@pytest.mark.parametrize("missing", ["LMS_SECRET_KEY", "LMS_PUBLIC_URL"])
def test_production_does_not_start_without(missing, tmp_path):
    with pytest.raises(BadSetting, match=f"{missing} is missing"):
        read({name: value for name, value in PRODUCTION.items() if name != missing} | {"LMS_VAR": str(tmp_path)})


@pytest.mark.parametrize(
    "secret",
    [
        "changeme",
        "x" * 64,
        "short-but-random-8Kd2",
        "abababababababababababababababababab",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "9876543210zyxwvutsrqponmlkjihgfedcba",
        "0123456789abcdef" * 4,
        "changemechangemechangemechangeme12345",
        "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffgggggggg",
        "secret-password-" * 3,
    ],
)
def test_a_weak_secret_stops_every_start(secret):
    for mode in (PRODUCTION, {}):
        with pytest.raises(BadSetting, match="LMS_SECRET_KEY is weak"):
            read({**mode, "LMS_SECRET_KEY": secret})


@given(st.integers(0, 2**64), st.integers(16, 64))
def test_what_a_program_made_at_random_is_never_weak(seed, size):
    """As `openssl rand`, Python's `secrets` and password managers print them."""
    made = Random(seed).randbytes(size)
    written = [made.hex(), made.hex().upper(), urlsafe_b64encode(made).decode().rstrip("="), b64encode(made).decode()]
    for secret in written:
        if len(secret) >= SHORTEST_SECRET:
            assert read({**PRODUCTION, "LMS_SECRET_KEY": secret}).secret_key == secret


@pytest.mark.parametrize(
    "url",
    [
        "http://learn.example.org",
        "http://10.0.0.7:8000",
        "http://127.0.0.1.example.org",
        "http://someone@127.0.0.1",
        "https://learn.example.org/lms",
        "https://",
        "https://learn.example.org:port",
        "ftp://learn.example.org",
        "learn.example.org",
        "javascript:alert(1)",
    ],
)
def test_any_other_address_stops_the_start(url):
    with pytest.raises(BadSetting, match=r"LMS_PUBLIC_URL is .* Write https"):
        read({**PRODUCTION, "LMS_PUBLIC_URL": url})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4"])
def test_what_others_can_reach_is_never_a_demo_by_accident_nor_plain_http(host):
    with pytest.raises(BadSetting, match="LMS_MODE must be set"):
        read({"LMS_HOST": host, "LMS_SECRET_KEY": SECRET})
    with pytest.raises(BadSetting, match="LMS_PUBLIC_URL is missing"):
        read({"LMS_HOST": host, "LMS_SECRET_KEY": SECRET, "LMS_MODE": "demo"})
    with pytest.raises(BadSetting, match="plain http is for this machine only"):
        read({**PRODUCTION, "LMS_HOST": host, "LMS_PUBLIC_URL": "http://127.0.0.1:8000"})
    assert read({**PRODUCTION, "LMS_HOST": host}).secure


@pytest.mark.parametrize("word", ["yes", "1", "on", "0", "none", "True False", "t"])
def test_a_boolean_that_is_neither_true_nor_false_stops_the_start(word):
    with pytest.raises(BadSetting, match=r"LMS_ACCESS_LOG is .*\. Write true or false\."):
        read({**PRODUCTION, "LMS_ACCESS_LOG": word})


def test_true_and_false_may_be_written_large():
    assert read({**PRODUCTION, "LMS_ACCESS_LOG": "True"}).access_log
    assert not read({**PRODUCTION, "LMS_ACCESS_LOG": "FALSE"}).access_log


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LMS_MODE", "prod", "Write demo or production"),
        ("LMS_PORT", "0", "from 1 to 65535"),
        ("LMS_PORT", "80 80", "from 1 to 65535"),
        ("LMS_PORT", "٨٠", "from 1 to 65535"),
        ("LMS_WORKERS", "-2", "from 1 to 64"),
        ("LMS_THREADS", "9" * 500, "from 1 to 64"),
        ("LMS_TIMEZONE", "Europe/Londn", "like Europe/London"),
        ("LMS_TIMEZONE", "../../etc/passwd", "Write a name"),
        ("LMS_TIMEZONE", "Europe", "Write a name"),
        ("LMS_TRUSTED_PROXIES", "10.0.0.0/8, proxy", "Write addresses"),
        ("LMS_TRUSTED_PROXIES", "10.0.0.1/8", "Write addresses"),
        ("LMS_DATABASE_URL", "mysql://me:hunter2@db/lms", "Write sqlite"),
        ("LMS_DATABASE_URL", "sqlite://", "Write sqlite"),
        ("LMS_DATABASE_URL", "sqlite:///:memory:", "Write sqlite"),
        ("LMS_NOTHING_SKIPPED", "1", "Write true or false"),
    ],
)
def test_nonsense_stops_the_start_and_says_what_to_write(name, value, says):
    with pytest.raises(BadSetting, match=says) as stop:
        read({**PRODUCTION, name: value})
    assert name in stop.value.sentence
    assert "hunter2" not in stop.value.sentence


def test_a_mistyped_name_is_not_quietly_without_effect():
    with pytest.raises(BadSetting, match=r"no setting LMS_PUBLIC_URI\. Did you mean LMS_PUBLIC_URL\?"):
        read({**PRODUCTION, "LMS_PUBLIC_URI": "https://learn.example.org"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_one_setting_away(scheme):
    url = read({**PRODUCTION, "LMS_DATABASE_URL": f"{scheme}://lms:pw@db.internal/lms"}).database_url
    assert url == "postgresql+psycopg://lms:pw@db.internal/lms"


def test_the_secret_may_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    (tmp_path / "secret").chmod(0o600)
    environ = {**PRODUCTION, "LMS_VAR": str(tmp_path)}
    del environ["LMS_SECRET_KEY"]
    assert read(environ).secret_key == SECRET
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(BadSetting, match="can be read by others"):
        read(environ)


def test_a_demo_password_has_no_effect_in_production(tmp_path):
    assert read({**PRODUCTION, "LMS_DEMO_PASSWORD": "purple-kettle-home"}).demo_password == ""
    demo = {"LMS_SECRET_KEY": SECRET, "LMS_VAR": str(tmp_path)}
    assert read({**demo, "LMS_DEMO_PASSWORD": "purple-kettle-home"}).demo_password == "purple-kettle-home"
    with pytest.raises(BadSetting, match="LMS_DEMO_PASSWORD is too short"):
        read({**demo, "LMS_DEMO_PASSWORD": "kettle"})


def mail_of(url, **more):
    return read({**PRODUCTION, "LMS_SMTP_URL": url, "LMS_MAIL_FROM": "Post <Post@example.org>", **more}).smtp


def test_a_mail_server_is_spoken_to_so_that_nobody_between_can_read_it():
    assert read(PRODUCTION).smtp is None
    known = Smtp("mail.example.org", 465, Tls.AT_ONCE, "post@example.org", "Post", "me@x.org", "hunter2")
    assert mail_of("smtps://me%40x.org@mail.example.org", LMS_SMTP_PASSWORD="hunter2") == known
    assert "hunter2" not in repr(known)
    asked = mail_of("smtp://mail.example.org:2525")
    assert (asked.port, asked.tls, asked.user) == (2525, Tls.ASKED_FOR, "")
    assert mail_of("smtp://mail.example.org").port == 587
    here = mail_of("smtp://127.0.0.1", LMS_MAIL_FROM="post@example.org")
    assert (here.port, here.tls, here.sender, here.sender_name) == (25, Tls.NONE, "post@example.org", "")


def test_the_password_of_the_mail_server_may_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    (tmp_path / "smtp-password").write_text("hunter2\n")
    (tmp_path / "smtp-password").chmod(0o600)
    assert mail_of("smtps://me@mail.example.org", LMS_VAR=str(tmp_path)).password == "hunter2"
    (tmp_path / "smtp-password").chmod(0o604)
    with pytest.raises(BadSetting, match="can be read by others"):
        mail_of("smtps://me@mail.example.org", LMS_VAR=str(tmp_path))


@pytest.mark.parametrize(
    ("mail", "says"),
    [
        ({"LMS_SMTP_URL": "mail.example.org"}, "LMS_SMTP_URL is no mail server"),
        ({"LMS_SMTP_URL": "http://mail.example.org"}, "LMS_SMTP_URL is no mail server"),
        ({"LMS_SMTP_URL": "smtps://me:hunter2@mail.example.org"}, "without the password"),
        ({"LMS_SMTP_URL": "smtps://mail.example.org/inbox"}, "LMS_SMTP_URL is no mail server"),
        ({"LMS_SMTP_URL": "smtps://mail.example.org:mail"}, "LMS_SMTP_URL is no mail server"),
        ({"LMS_SMTP_URL": "smtps://me@mail.example.org"}, "Write the password in LMS_SMTP_PASSWORD"),
        ({"LMS_SMTP_URL": "smtps://mail.example.org", "LMS_SMTP_PASSWORD": "hunter2"}, "is nobody's"),
        ({"LMS_SMTP_URL": "smtps://mail.example.org", "LMS_MAIL_FROM": "us"}, "LMS_MAIL_FROM is no address"),
        ({"LMS_SMTP_URL": "smtps://mail.example.org", "LMS_MAIL_FROM": ""}, "LMS_MAIL_FROM is no address"),
        (
            {"LMS_SMTP_URL": "smtp://127.0.0.1", "LMS_MAIL_FROM": "A\nBcc: all@x.org <post@example.org>"},
            "letters that can't be sent",
        ),
        ({"LMS_SMTP_PASSWORD": "hunter2", "LMS_MAIL_FROM": ""}, "does nothing without LMS_SMTP_URL"),
        ({}, "LMS_MAIL_FROM does nothing without LMS_SMTP_URL"),
    ],
)
def test_a_mail_server_that_could_not_be_used_stops_the_start(mail, says, tmp_path):
    with pytest.raises(BadSetting, match=says) as stop:
        read({**PRODUCTION, "LMS_VAR": str(tmp_path), "LMS_MAIL_FROM": "post@example.org", **mail})
    assert "hunter2" not in stop.value.sentence


def test_proxies_are_addresses_and_networks():
    networks = read({**PRODUCTION, "LMS_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,::1"}).trusted_proxies
    assert [str(network) for network in networks] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]


def test_the_table_has_every_setting_once_and_a_sentence_for_each():
    assert len(set(NAMES)) == len(NAMES)
    assert all(setting.what.endswith(".") and setting.default for setting in SETTINGS)


def test_the_settings_do_not_change_while_they_are_used():
    with pytest.raises(AttributeError):
        read(PRODUCTION).port = 1
    assert "LMS_PORT" not in os.environ
