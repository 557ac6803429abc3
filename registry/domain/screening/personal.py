"""Personal data with a form of its own: addresses, numbers and accounts, checked by their check digits."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

import phonenumbers

from registry.domain.screening.finding import Code, Match
from registry.domain.screening.plain import has_digit

# Letters with accents stand in names of mailboxes and of domains.
_LOCAL = re.compile(r"[A-Za-z0-9À-ɏ._%+'-]{1,64}+\Z")
_DOMAIN = re.compile(
    r"\s?(?:[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ-]{0,61}[A-Za-z0-9À-ɏ])?\.){1,8}(?P<tld>[A-Za-z]{2,24})(?![\w-])"
)
# RFC 2606 and RFC 6761, and what people write in place of a mailbox.
_RESERVED = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net|edu))?|test|invalid|localhost|local|internal)$", re.IGNORECASE
)
# Hosts of mailing lists: what stands before the sign is the name of a list.
_LISTS = re.compile(r"(?:lists?|groups|mailman)\.", re.IGNORECASE)
_NO_TLD = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "py", "js", "ts", "md", "txt", "json", "yaml", "html", "css"}
)
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-]|\.\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}|[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,30})")
_LETTERS = re.compile(r"[a-z]+")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(
    r"(?:version|release|build|v|ver\.?|section|§|clause|oid|firmware|driver|chrome|chrome/|rv:)[ /]?$", re.IGNORECASE
)
# Versions of which several are told, in a row behind the word.
_VERSIONS = re.compile(
    r"(?:\b(?:versions?|releases?)(?: (?:v?\d[\d.]*,?|through|to|up|and|or|before|after|including|prior|until|than"
    r"|earlier|later|[<>=]{1,2})){0,8} v?|\bprior to v?|/tags?/v?)$",
    re.IGNORECASE,
)
_ABOUT_IP = re.compile(
    r"\b(?:ip|ips|ipv4|address|addresses|host|server|from|client|src|dst|remote|login|logins|proxy|vps|via)\b",
    re.IGNORECASE,
)
# Resolvers that everybody may name.
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222"})
_PHONE = re.compile(
    r"(?<![\w.+/#$€£=-])(?<!\d:)(?:\+|00(?=[1-9]))?\(?\d(?:[ .()/-]{0,3}\d){6,17}(?![\w-]|[.,:]\d|%|[ ]?(?:USD|EUR|GBP"
    r"|tokens|users))"
)
_ABOUT_PHONE = re.compile(
    r"\b(?:phone|phones|tel|telephone|mobile|cell|cellphone|call|called|calls|calling|dial|dialled|dialed|ring"
    r"|rang|sms|"
    r"text|texted|texting|whatsapp|signal|viber|fax|hotline|landline|number|reach|reached|handy|mobil|telefon|"
    r"téléphone|portable|voicemail|caller|contact)\b",
    re.IGNORECASE,
)
_US_FORM = re.compile(r"(?:\+?1[ .-]?)?(?:\(\d{3}\)[ ]?|\d{3}[.-])\d{3}[.-]\d{4}")
# As mobile numbers are written in France, Germany and the United Kingdom, in groups.
_GROUPED_MOBILE = re.compile(r"0[67](?:[ .]\d{2}){4}|01[567]\d ?[ /-] ?[\d ]{7,11}|07\d{3} \d{3} ?\d{3}")
_FICTION = re.compile(
    r"555[ .-]?01\d\d$|(?:7700|1632|131 ?496|20 ?7946|121 ?496|117 ?496|113 ?496|151 ?496|161 ?496)[ ]?(?:900"
    r"|960|0)[ ]?\d{2,3}$"
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}(?![\w-])")
_ABOUT_SSN = re.compile(r"ssn|social security|s\.s\.n|taxpayer", re.IGNORECASE)
_NINO = re.compile(
    r"(?<![A-Za-z0-9])(?!BG|GB|NK|KN|TN|NT"
    r"|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])"
)
_INSEE = re.compile(r"(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\d)")
_LOOK_BACK = 60

_Check = Callable[[str, str], Iterator[tuple[int, int]]]


def personal_in(text: str) -> Iterator[Match]:
    """Personal data of a form, in a plain text."""
    yield from _with("email", emails(text))
    if not has_digit(text):
        return
    yield from _with("card-number", _matching(_CARD, text, _is_card))
    yield from _with("iban", _ibans(text))
    yield from addresses_of_hosts(text)
    yield from _with("phone", _phones(text))
    yield from _with("national-id", _national_ids(text))


def addresses_of_hosts(text: str) -> Iterator[Match]:
    """Public IP addresses."""
    yield from _with("ip-address", _hosts(text))


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Mail addresses but those of mailing lists and of reserved domains; each is read from its sign."""
    at = text.find("@")
    while at >= 0:
        before = _LOCAL.search(text, max(0, at - 64), at)
        after = _DOMAIN.match(text, at + 1)
        if before and after and before.group().strip(".'-_%+"):
            start = before.start() + len(before.group()) - len(before.group().lstrip(".'-_%+"))
            domain = after.group().strip()
            is_nobodys = _LISTS.match(domain) or _RESERVED.search(domain) or after["tld"].lower() in _NO_TLD
            if not is_nobodys:
                yield start, after.end()
        at = text.find("@", at + 1)


def _with(rule: str, spans: Iterator[tuple[int, int]]) -> Iterator[Match]:
    yield from (Match(start, end, Code.PERSONAL_DATA, rule) for start, end in spans)


def _matching(pattern: re.Pattern[str], text: str, check: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    yield from (found.span() for found in pattern.finditer(text) if check(found.group()))


def _is_card(said: str) -> bool:
    digits = [int(one) for one in said if one.isdigit()]
    number = "".join(map(str, digits))
    fits = (
        (number[0] == "4" and len(number) in {13, 16, 19})
        or (number[:2] in {"34", "37"} and len(number) == 15)
        or (len(number) == 16 and ("51" <= number[:2] <= "55" or "2221" <= number[:4] <= "2720"))
        or (len(number) == 16 and (number[:4] == "6011" or number[:2] == "65" or "644" <= number[:3] <= "649"))
        or (len(number) == 16 and "3528" <= number[:4] <= "3589")
        or (len(number) in {16, 17, 18, 19} and number[:2] == "62")
        or (len(number) == 14 and ("300" <= number[:3] <= "305" or number[:2] in {"36", "38"}))
    )
    if not fits or len(set(number)) < 2:
        return False
    doubled = (one if at % 2 == 0 else sum(divmod(one * 2, 10)) for at, one in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(found.group()[:2].upper(), 0)
        # What follows the number may look like more of it.
        places = [at for at, one in enumerate(found.group()) if one not in " -"]
        if 0 < length <= len(places):
            end = places[length - 1] + 1
            number = found.group()[:end].replace(" ", "").replace("-", "")
            follows = text[found.start() + end : found.start() + end + 1]
            if _is_iban(number) and not follows.isalnum():
                yield found.start(), found.start() + end


def _is_iban(number: str) -> bool:
    """Whether its check digits are right. One in 97 hashes has right ones too, but scattered letters as no account."""
    if number.islower() and len(_LETTERS.findall(number[4:])) > 1:
        return False
    return int("".join(str(int(one, 36)) for one in number[4:] + number[:4])) % 97 == 1


def _hosts(text: str) -> Iterator[tuple[int, int]]:
    for found in _IPV4.finditer(text):
        octets = found.group().split(".")
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if any(int(one) > 255 or (len(one) > 1 and one[0] == "0") for one in octets):
            continue
        if found.group() in _RESOLVERS or _VERSION.search(before) or _VERSIONS.search(before):
            continue
        if all(int(one) < 30 for one in octets) and not _ABOUT_IP.search(before):
            continue
        if ipaddress.IPv4Address(found.group()).is_global and int(octets[0]) < 224 and octets[3] != "0":
            yield found.span()
    for found in _IPV6.finditer(text):
        try:
            address = ipaddress.IPv6Address(
                found.group().rstrip(":") if not found.group().endswith("::") else found.group()
            )
        except ValueError:
            continue
        if address.is_global and not address.exploded.startswith(("2001:0db8", "2606:4700:4700", "2001:4860:4860")):
            yield found.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for found in _PHONE.finditer(text):
        said = found.group()
        digits = sum(one.isdigit() for one in said)
        if not 8 <= digits <= 15 or _FICTION.search(said) or said.count("(") != said.count(")"):
            continue
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if said.startswith(("+", "00")):
            regions: tuple[str, ...] = ("ZZ",)
        elif _US_FORM.fullmatch(said):
            regions = ("US",)
        elif _ABOUT_PHONE.search(before) and (said[0] == "0" or any(one in " -./(" for one in said)):
            regions = (
                ("US", "GB", "DE", "FR", "IN", "ES", "IT", "NL", "AU")
                if said[0] != "0"
                else ("GB", "DE", "FR", "IT", "AU", "JP", "NL")
            )
        elif _GROUPED_MOBILE.fullmatch(said):
            regions = ("FR", "DE", "GB")
        else:
            continue
        if any(_is_phone("+" + said[2:] if said.startswith("00") else said, region) for region in regions):
            yield found.span()


def _is_phone(said: str, region: str) -> bool:
    try:
        number = phonenumbers.parse(said, None if region == "ZZ" else region)
    except phonenumbers.NumberParseException:
        return False
    # Ranges for fiction count as possible, and new ranges are opened all the time.
    return phonenumbers.is_possible_number(number) if region == "ZZ" else phonenumbers.is_valid_number(number)


def _national_ids(text: str) -> Iterator[tuple[int, int]]:
    for found in _SSN.finditer(text):
        before = text[max(0, found.start() - _LOOK_BACK) : found.end() + 30]
        if "-" in found.group() or _ABOUT_SSN.search(before):
            yield found.span()
    yield from (found.span() for found in _NINO.finditer(text))
    for found in _INSEE.finditer(text):
        number = found.group().replace(" ", "")
        counted = number.replace("2A", "19", 1).replace("2B", "18", 1) if not number.isdigit() else number
        if counted.isdigit() and len(counted) == 15 and 97 - int(counted[:13]) % 97 == int(counted[13:]):
            yield found.span()
