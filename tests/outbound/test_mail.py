"""Letters on their way: what they look like, to whom they go, and what happens when they do not arrive."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.errors import Forbidden, InvalidInput, MailFailed, MailRefused, Unauthenticated
from registry.domain.event import EventName
from registry.domain.letter import Letter, LetterId, LetterState, MailKind, is_address, one_line
from registry.outbound import NodeOutbound
from registry.outbound.sending import MailServer, message_of, send
from registry.ports import Registry
from registry.ports.outbound import Mail
from registry.service import letters
from tests.clocks import FixedClock
from tests.outbound.hostile import certificates, requests
from tests.outbound.mailbox import Mailbox, mailbox
from tests.service.world import People, erase_by_two, published

_SERVER = MailServer("localhost", 25, "none", "node@node.example", 'Commons "of"\r\nX: y', "node.example")


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """One mail server for all tests of this file."""
    with mailbox() as made:
        yield made


@pytest.fixture(autouse=True)
def _emptied(box: Mailbox) -> None:
    box.messages.clear()
    box.raw.clear()
    box.recipients.clear()
    box.at_recipient = box.at_data = "250 OK"


@pytest.fixture
def mailing(registry: Registry, box: Mailbox) -> Registry:
    """A registry that sends through the mail server, four letters an hour to one recipient."""
    settings = registry.settings.model_copy(update={"mail_hourly": 4})
    return replace(registry, settings=settings, outbound=NodeOutbound(requests(), box.server()))


def test_a_letter_arrives_once_and_is_then_without_words(mailing: Registry, people: People, box: Mailbox) -> None:
    _has_address(mailing, people)
    _post(mailing, people, subject="Your case was answered", body="See https://node.example/case\n")

    assert 1 == _send_all(mailing)
    assert 0 == _send_all(mailing)

    (message,) = box.messages
    assert ["ada@example.org"] == box.recipients
    assert "Incident Commons: Your case was answered" == message["Subject"]
    assert "https://node.example/case" in message.get_content()
    assert "You get this because you are a member" in message.get_content()
    (kept,) = _kept(mailing)
    assert (LetterState.SENT, "", "", None) == (kept.state, kept.subject, kept.body, kept.address)


def test_a_letter_says_that_a_machine_wrote_it_and_how_to_get_no_more(
    mailing: Registry, people: People, box: Mailbox
) -> None:
    _has_address(mailing, people)
    letter = _post(mailing, people)
    _send_all(mailing)

    (message,) = box.messages
    assert f"<{letter}@node.example>" == message["Message-ID"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert "<http://127.0.0.1:8000/me/webhooks>" == message["List-Unsubscribe"]
    assert message["Date"] is not None


@pytest.mark.parametrize("to", ["ada@example.org", "äda@example.org"])
def test_the_way_out_of_letters_travels_as_it_is_however_long(to: str) -> None:
    address = f"https://registry.incidents.example.org/s/{'a' * 40}/letters/{'b' * 40}"

    travels = message_of(_SERVER, Mail("id", to, "Grüße", "Text.", unsubscribe=address)).as_bytes()

    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in travels


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: all@example.org", "a\nX-Evil: 1", "a\r\n\r\n<html>", "a\x00b\x0bc\x85d\u2028e", "a\rb"]
)
def test_no_header_can_be_broken_into(box: Mailbox, subject: str) -> None:
    send(replace(box.server(), sender_name=_SERVER.sender_name), Mail("id", "ada@example.org", subject, "Text."))

    (message,) = box.messages
    assert {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"} <= set(message.keys())
    assert not {"Bcc", "X-Evil", "X"} & set(message.keys())
    assert one_line(subject) == message["Subject"]
    assert ["ada@example.org"] == box.recipients


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org\r\nRCPT TO:<x@example.org>",
        "ada@example.org\n",
        "ada@example.org,eve@example.org",
        "ada example@example.org",
        '"ada"@example.org',
        "<ada@example.org>",
        "ada@exam ple.org",
        "ada@example..org",
        "ada@-example.org",
        "a" * 65 + "@example.org",
        "ada@" + "a." * 130 + "org",
        "ada@eve@example.org",
    ],
)
def test_what_is_no_plain_address_gets_nothing(box: Mailbox, address: str) -> None:
    assert not is_address(address)
    with pytest.raises(MailRefused):
        send(box.server(), Mail("id", address, "Subject", "Text."))
    assert [] == box.messages


@pytest.mark.parametrize(
    "address", ["ada@example.org", "a.b+c@mail.example.org", "zoë@example.org", "ada@bücher.example"]
)
def test_plain_addresses_of_any_script_are_written_to(box: Mailbox, address: str) -> None:
    send(box.server(), Mail("id", address, "Grüße — 你好", "Zeile äöü 🌍"))

    (message,) = box.messages
    assert ("Grüße — 你好", "Zeile äöü 🌍") == (message["Subject"], message.get_content().strip())
    assert [address] == box.recipients


def test_long_lines_and_single_dots_arrive_as_they_were(box: Mailbox) -> None:
    body = "a" * 5000 + "\n.\n..\nFrom here\r\non\rand on\n"

    send(box.server(), Mail("id", "ada@example.org", "s" * 1000, body))

    (message,) = box.messages
    assert body.replace("\r\n", "\n").replace("\r", "\n") == message.get_content().replace("\r\n", "\n")
    assert 200 == len(message["Subject"])
    assert all(len(line) <= 998 for line in box.raw[0].split(b"\r\n"))


def test_a_name_of_the_node_cannot_break_the_sender() -> None:
    message = message_of(_SERVER, Mail("id", "ada@example.org", "s", "b"))

    assert '"Commons of X: y" <node@node.example>' == str(message["From"])
    assert isinstance(message, EmailMessage)


def test_a_letter_that_is_refused_for_good_is_not_tried_again(
    mailing: Registry, people: People, box: Mailbox, clock: FixedClock
) -> None:
    _has_address(mailing, people)
    _post(mailing, people)
    box.at_recipient = "550 no such user ada@example.org"
    _send_all(mailing)
    clock.advance(days=1)
    box.at_recipient = "250 OK"

    assert (0, []) == (_send_all(mailing), box.messages)
    (kept,) = _kept(mailing)
    assert (LetterState.FAILED, "MAIL_REFUSED") == (kept.state, kept.error)
    with mailing.storage.read() as reader:
        assert EventName.LETTER_FAILED is reader.events.newest(limit=1)[0].name


@pytest.mark.parametrize("place", ["at_recipient", "at_data"])
def test_a_letter_that_is_put_off_is_tried_again_after_growing_pauses(
    mailing: Registry, people: People, box: Mailbox, clock: FixedClock, place: str
) -> None:
    _has_address(mailing, people)
    letter = _post(mailing, people)
    setattr(box, place, "451 later")
    tries = 0
    for _ in range(60):
        tries += _send_all(mailing)
        clock.advance(minutes=1)
    setattr(box, place, "250 OK")
    clock.advance(hours=2)
    _send_all(mailing)

    assert 5 <= tries <= 12
    assert [f"<{letter}@node.example>"] == [one["Message-ID"] for one in box.messages]


def test_no_mail_server_means_that_letters_wait_and_are_given_up_in_time(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    _has_address(registry, people)
    _post(registry, people)

    assert 0 == _send_all(registry)
    clock.advance(days=registry.settings.mail_kept_days, minutes=1)
    assert 1 == letters.tidy(registry, SYSTEM)
    assert {LetterState.DROPPED: 1} == letters.counts(registry, people.operator)
    (kept,) = _kept(registry)
    assert "" == kept.body
    clock.advance(days=registry.settings.delivery_kept_days, minutes=1)
    letters.tidy(registry, SYSTEM)
    assert {} == letters.counts(registry, people.operator)


def test_nobody_is_flooded(mailing: Registry, people: People, box: Mailbox, clock: FixedClock) -> None:
    _has_address(mailing, people)
    many = 2 * mailing.settings.mail_hourly
    for _ in range(many):
        _post(mailing, people)
    _send_all(mailing)
    assert mailing.settings.mail_hourly == len(box.messages)

    clock.advance(minutes=61)
    _send_all(mailing)

    assert many == len(box.messages)


def test_a_plain_address_is_not_flooded_either(mailing: Registry, box: Mailbox) -> None:
    for address in ["ada@example.org", "ADA@example.org"] * mailing.settings.mail_hourly:
        with mailing.storage.begin() as unit:
            letters.tell(mailing, unit, MailKind.CASE, "Subject", "Text.", address=address)
    _send_all(mailing)

    assert mailing.settings.mail_hourly == len(box.messages)


def test_nobody_gets_a_kind_that_they_turned_off_but_what_protects_their_account(
    mailing: Registry, people: People, box: Mailbox
) -> None:
    letters.choose_mail(mailing, people.submitter, address="ada@example.org", muted=frozenset(MailKind))
    for kind in MailKind:
        _post(mailing, people, kind=kind, subject=kind.value)
    _send_all(mailing)

    assert {"Incident Commons: account", "Incident Commons: case"} == {one["Subject"] for one in box.messages}


def test_a_person_without_an_address_gets_nothing_and_nothing_waits(mailing: Registry, people: People) -> None:
    _post(mailing, people)

    assert 1 == _send_all(mailing)
    assert {LetterState.DROPPED: 1} == letters.counts(mailing, people.operator)


def test_one_chooses_only_for_oneself(registry: Registry, people: People) -> None:
    letters.choose_mail(registry, people.submitter, address="ada@example.org", muted=frozenset())

    assert letters.own_mail(registry, people.colleague) is None
    assert (None) is letters.choose_mail(registry, people.submitter, address="", muted=frozenset())
    assert letters.own_mail(registry, people.submitter) is None
    with pytest.raises(InvalidInput):
        letters.choose_mail(registry, people.submitter, address="ada@\r\nexample.org", muted=frozenset())
    with pytest.raises(Unauthenticated):
        letters.own_mail(registry, people.stranger)
    with pytest.raises(Forbidden):
        letters.counts(registry, people.submitter)


def test_letters_about_a_record_go_with_it(registry: Registry, people: People) -> None:
    record = published(registry, people)
    with registry.storage.begin() as unit:
        letters.tell(
            registry, unit, MailKind.REVIEW, "S", "Because zorbel.", person=people.submitter.person, about=record.uid
        )
    erase_by_two(registry, people, record.uid)

    assert b"zorbel" not in registry.settings.database_path.read_bytes()


def test_a_worker_that_dies_after_sending_repeats_the_letter_under_the_same_message_id(
    mailing: Registry, people: People, box: Mailbox, clock: FixedClock
) -> None:
    _has_address(mailing, people)
    letter = _post(mailing, people)
    now = clock.now()
    with mailing.storage.begin() as unit:
        assert unit.letters.claim_due(now, lease_until=now + letters.LEASE)
    mailing.outbound.send(Mail(letter, "ada@example.org", "S", "B"))
    assert 0 == _send_all(mailing)
    clock.advance(minutes=6)
    assert 1 == _send_all(mailing)

    assert 1 == len({one["Message-ID"] for one in box.messages})
    assert 2 == len(box.messages)


@pytest.mark.parametrize("from_the_start", [True, False])
def test_mail_goes_through_tls_to_a_server_that_proves_its_name_with_a_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, from_the_start: bool
) -> None:
    made = certificates("localhost", tmp_path)
    security = "tls" if from_the_start else "starttls"
    caplog.set_level(logging.DEBUG)
    # The server at hand asks for a password within STARTTLS only.
    password = None if from_the_start else "tell-nobody"
    with mailbox(tls=made.server, from_the_start=from_the_start, password=password) as box:
        right = box.server(security, user=password and "node", password=password, roots=made.trusting)
        send(right, Mail("id", "ada@example.org", "S", "B"))
        wrong_ones = [replace(right, roots=made.strangers)]
        if password is not None:
            wrong_ones += [replace(right, password="guessed"), replace(right, user=None)]
        for wrong in wrong_ones:
            with pytest.raises((MailFailed, MailRefused)) as failed:
                send(wrong, Mail("id", "ada@example.org", "S", "B"))
            assert "tell-nobody" not in str(failed.value)

    assert 1 == len(box.messages)
    assert "tell-nobody" not in repr(right)


def test_a_server_that_offers_no_tls_gets_nothing(box: Mailbox) -> None:
    with pytest.raises(MailFailed):
        send(box.server("starttls", user="node", password="x"), Mail("id", "ada@example.org", "S", "B"))

    assert [] == box.messages


def test_an_operator_tries_whether_mail_works(
    mailing: Registry, registry: Registry, people: People, box: Mailbox
) -> None:
    letters.try_mail(mailing, people.operator, "ada@example.org")

    assert ["Incident Commons: mail works"] == [one["Subject"] for one in box.messages]
    with pytest.raises(MailFailed):
        letters.try_mail(registry, people.operator, "ada@example.org")
    with pytest.raises(InvalidInput):
        letters.try_mail(mailing, people.operator, "nobody")
    with pytest.raises(Forbidden):
        letters.try_mail(mailing, people.submitter, "ada@example.org")


def _has_address(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    with registry.storage.begin() as unit:
        letters.keep_address(unit, people.submitter.person, "ada@example.org")


def _post(
    registry: Registry, people: People, *, kind: MailKind = MailKind.CASE, subject: str = "Subject", body: str = "Text."
) -> LetterId:
    with registry.storage.begin() as unit:
        now = registry.clock.now()
        letter = Letter(LetterId(registry.ids.uid()), kind, subject, body, now, now, person=people.submitter.person)
        unit.letters.post(letter)
    return letter.id


def _send_all(registry: Registry) -> int:
    count = 0
    while letters.send_next(registry, SYSTEM):
        count += 1
    return count


def _kept(registry: Registry) -> list[Letter]:
    with registry.storage.begin() as unit:
        ids = [LetterId(one) for one in _ids(registry)]
        return [letter for one in ids if (letter := unit.letters.get(one)) is not None]


def _ids(registry: Registry) -> list[str]:
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM letters ORDER BY id")]
