"""One cell as a value of one field: numbers, terms, countries, dates, addresses, texts, or nothing with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from importers.table.dates import Ambiguous, read_date
from importers.table.fields import FieldSpec, Form
from registry.domain.canonical import MAX_SAFE, JsonValue
from registry.domain.countries import country_of

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_URL = re.compile(r"https?://[^\s<>\"'|]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "russian": "ru", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "arabic": "ar", "hindi": "hi", "turkish": "tr", "polish": "pl",
    "ukrainian": "uk", "hebrew": "he", "persian": "fa", "indonesian": "id", "vietnamese": "vi", "swedish": "sv",
}  # fmt: skip
_TRUE = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "sí", "si"})
_FALSE = frozenset({"no", "n", "false", "0", "nein", "non"})
NOTHING = frozenset(
    {"", "-", "--", "\u2013", "\u2014", "n/a", "na", "none",
     "null", "nil", "unknown", "unk", "tbd", "unbekannt", "keine", "inconnu", "desconocido", "?", "k.a.", "s/o"}
)  # fmt: skip
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<mark>[,.'\u2019 ])\d{3})(?:(?P=mark)\d{3})*")


@dataclass(frozen=True, slots=True)
class Forms:
    """How a table writes dates and numbers."""

    dates: tuple[str, ...] = ()
    dayfirst: bool | None = None
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Value:
    """What became of a cell: its value, whether a rule of ours made it, and what is wrong with it."""

    value: JsonValue = None
    is_mapped: bool = False
    code: str | None = None
    message: str = ""


def converted(spec: FieldSpec, cell: JsonValue, values: Mapping[str, JsonValue], forms: Forms) -> Value:
    """*cell* as a value of the field; *values* maps some of the table's words, by their ``key_of``."""
    if isinstance(cell, Mapping) or (isinstance(cell, Sequence) and not isinstance(cell, str)):
        return Value(code="WRONG_TYPE", message="one value is expected in this cell")
    text = as_text(cell)
    said = values.get(key_of(text))
    if said is not None:
        return Value(said, is_mapped=True) if said != "" else Value()
    if spec.form not in {Form.TEXT, Form.LINE, Form.FLAG, Form.TERM} and key_of(text) in NOTHING:
        return Value()
    return _CONVERT[spec.form](spec, text, cell, forms)


def as_text(cell: JsonValue) -> str:
    """A cell as text, without what is not seen."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def key_of(text: str) -> str:
    """The form in which words of a table are compared: whatever their case and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text[:500]).casefold().split())


@cache
def terms_by_key(terms: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Codes of terms by the forms of their codes and labels in which tables may write them; codes come first."""
    found: dict[str, str] = {}
    for code, label in terms:
        found.setdefault(_plain(label), code)
    return found | {_plain(code): code for code, _ in terms}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", key_of(text)).strip()


def term_of(spec: FieldSpec, text: str) -> str | None:
    """The code of the term that *text* names by code or label."""
    return terms_by_key(spec.terms).get(_plain(text))


def _text(spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    if spec.longest is not None and len(text) > spec.longest and not spec.needed:
        return Value(code="TOO_LONG", message=f"more than {spec.longest} characters; left out")
    return Value(text or None)


def _line(spec: FieldSpec, text: str, cell: JsonValue, forms: Forms) -> Value:
    return _text(spec, " ".join(text.split()), cell, forms)


def _term(spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    code = term_of(spec, text)
    if code is not None:
        return Value(code, is_mapped=code != text)
    if key_of(text) in NOTHING:
        return Value()
    return Value(code="UNKNOWN_TERM", message="a value that is no term, and that the mapping does not map; left out")


def _number(_spec: FieldSpec, text: str, cell: JsonValue, forms: Forms) -> Value:
    number = number_of(cell if isinstance(cell, int | float) else text, forms.decimal)
    if number is None or not number.is_integer() or abs(number) > MAX_SAFE:
        return Value(code="BAD_NUMBER", message="a whole number is expected; left out")
    return Value(int(number))


def number_of(value: JsonValue, decimal: str = ".") -> float | None:
    """The number that a cell holds, with thousands grouped or not."""
    if isinstance(value, int | float):
        return float(value) if not isinstance(value, bool) else None
    if not isinstance(value, str) or len(value) > 30:
        return None
    text = value.replace("\u00a0", " ").replace("\u202f", " ").strip()
    grouped = _GROUPED.fullmatch(text)
    if grouped and grouped["mark"] != decimal:
        text = text.replace(grouped["mark"], "")
    elif decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,16}(?:\.\d{1,9})?", text):
        return None
    return float(text)


def _flag(_spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    key = key_of(text)
    if key in _TRUE or key in _FALSE:
        return Value(key in _TRUE)
    return Value() if key in NOTHING else Value(code="WRONG_TYPE", message="yes or no is expected; left out")


def _when(_spec: FieldSpec, text: str, cell: JsonValue, forms: Forms) -> Value:
    try:
        found = read_date(cell if isinstance(cell, int) else text, forms.dates, dayfirst=forms.dayfirst)
    except Ambiguous:
        message = "the day may as well be the month; say dayfirst = true or false in the mapping. Left out"
        return Value(code="AMBIGUOUS_DATE", message=message)
    return Value(found) if found else Value(code="BAD_DATE", message="this is no date that is known; left out")


def _url(spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    found = _URL.search(text)
    if found is None and re.fullmatch(r"www\.[^\s/]+\.[^\s]+", text):
        return Value(f"https://{text}", is_mapped=True)
    address = found[0].rstrip(".,;)>]") if found else None
    if address is None or len(address) > (spec.longest or 0):
        return Value(code="BAD_URL", message="a web address is expected; left out")
    return Value(address)


def _country(_spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    code = country_of(text)
    if code is None:
        return Value(code="UNKNOWN_COUNTRY", message="a country is expected, by its name or as ISO 3166-1; left out")
    return Value(code, is_mapped=code != text)


def _language(_spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    known = _LANGUAGES.get(key_of(text))
    if known is None and _LANGUAGE.fullmatch(text):
        head, _, tail = text.replace("_", "-").partition("-")
        return Value(head.lower() + (f"-{tail.upper() if len(tail) == 2 else tail.title()}" if tail else ""))
    return (
        Value(known, is_mapped=True)
        if known
        else Value(code="BAD_LANGUAGE", message="a language is expected; left out")
    )


def _code(_spec: FieldSpec, text: str, _cell: JsonValue, _forms: Forms) -> Value:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.\-]{1,63}", text):
        return Value(text)
    return Value(code="BAD_CODE", message="an id without blanks is expected; left out")


_CONVERT = {
    Form.TEXT: _text, Form.LINE: _line, Form.TERM: _term, Form.NUMBER: _number, Form.FLAG: _flag, Form.WHEN: _when,
    Form.URL: _url, Form.COUNTRY: _country, Form.LANGUAGE: _language, Form.CODE: _code, Form.UPSTREAM_ID: _line,
}  # fmt: skip
