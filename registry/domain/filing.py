"""Drafts of reports that a law asks for, made from a record: Markdown for people to complete and hand in themselves.

Headings and questions are our own words for what the law asks. Everything that came from the record is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from registry.domain.canonical import Document
from registry.domain.deadline import DISCHARGES_NOTHING, Clocks, Deadline, stated
from registry.domain.prose import escaped, quoted
from registry.domain.report_form import Form

NOT_KNOWN = "not yet known"
_DRAFT = (
    "This is a draft, made from a record. It files nothing and nobody has received it. Complete and check it, and "
    "hand it in where the law says."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """An incident to report: its number or name, whose it is, and the documents of its parts.

    ``restricted`` is empty where whoever asks may not read it, or it says nothing.
    """

    label: str
    organisation: str | None
    public: Document
    restricted: Document = field(default_factory=dict)

    def texts(self, name: str) -> tuple[str, ...]:
        """The text of a public field, if there is one."""
        value = self.public.get(name)
        return () if value is None else (str(value),)

    def objects(self, name: str) -> Sequence[Mapping[str, Any]]:
        """The entries of a public list."""
        return cast("Sequence[Mapping[str, Any]]", self.public.get(name, ()))

    def within(self, name: str) -> Mapping[str, Any]:
        """The fields of a public object."""
        return cast("Mapping[str, Any]", self.public.get(name, {}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a record says to a question: short lines, or with *long* whole texts."""

    texts: tuple[str, ...] = ()
    long: bool = False


Question = tuple[str, Callable[[Subject], Answer]]
Section = tuple[str, tuple[Question, ...]]


def draft(form: Form, subject: Subject, *, clocks: Clocks, now: datetime) -> str:
    """A report on *subject* for people to complete: Markdown in which nothing of the record marks anything up.

    What the record does not say is named in its place and listed at the end.
    """
    title, sections = _FORMS[form]
    lines = [f"# Draft: {title}", "", f"**{_DRAFT}** {DISCHARGES_NOTHING}", ""]
    lines += [f"Record {escaped(subject.label)}, drafted {now.date().isoformat()}.", ""]
    missing: list[str] = []
    for heading, questions in sections:
        lines += [f"## {heading}", ""]
        for question, answer in questions:
            found = answer(subject)
            lines += [f"**{question}**", "", *_shown(found), ""]
            missing += [] if found.texts else [question]
    lines += ["## When it is due", "", *_dates(form, subject, clocks), ""]
    lines += _restricted(subject)
    lines += [f"## {NOT_KNOWN.capitalize()}", "", *([f"- {one}" for one in missing] or ["- nothing that was asked"])]
    return "\n".join(lines) + "\n"


def _shown(answer: Answer) -> Iterator[str]:
    if not answer.texts:
        yield f"- {NOT_KNOWN}"
    elif answer.long:
        yield "\n>\n".join(quoted(text) for text in answer.texts)
    else:
        yield from (f"- {escaped(text)}" for text in answer.texts)


def _dates(form: Form, subject: Subject, clocks: Clocks) -> Iterator[str]:
    own = [one for one in stated(subject.restricted, clocks) if one.regime.partition("/")[0] == form]
    yield from (f"- {_date(one)}" for one in own)
    for clock in clocks.of(form):
        source = f"({escaped(clock.article)}, <{clock.url}>, checked {clock.checked_on.isoformat()})"
        yield f"- {escaped(clock.title)}: {escaped(clock.wording)} {source}"


def _date(one: Deadline) -> str:
    title = one.clock.title if one.clock else one.regime
    due = f"due {one.due_at.isoformat()}" if one.due_at else "no date can be given"
    done = f", filed {one.filed}" if one.filed else ""
    reference = f", reference {one.reference}" if one.reference else ""
    return escaped(f"{title}: {due}{done}{reference}")


def _restricted(subject: Subject) -> Iterator[str]:
    told = (("The account", "narrative"), ("Details that would help to repeat it", "operational_detail"))
    found = [(heading, str(subject.restricted[name])) for heading, name in told if subject.restricted.get(name)]
    if found:
        yield from ("## From the restricted part", "", "Check before you hand it on whether you may disclose it.", "")
    for heading, text in found:
        yield from (f"**{heading}**", "", quoted(text), "")


def _said(*names: str, long: bool = False) -> Callable[[Subject], Answer]:
    """Answered by public fields of these names."""
    return lambda subject: Answer(tuple(text for name in names for text in subject.texts(name)), long)


def _listed(name: str, *fields: str) -> Callable[[Subject], Answer]:
    """Answered by the entries of a public list, each by these fields of it."""
    return lambda subject: Answer(tuple(filter(None, (_joined(one, fields) for one in subject.objects(name)))))


def _object(name: str, *fields: str) -> Callable[[Subject], Answer]:
    """Answered by fields of a public object, each with its name."""
    return lambda subject: Answer(tuple(_named(subject.within(name), fields)))


def _named(found: Mapping[str, Any], fields: Iterable[str]) -> Iterator[str]:
    for one in fields:
        if one in found:
            value = found[one]
            told = ("no", "yes")[value] if isinstance(value, bool) else value
            yield f"{one.replace('_', ' ')}: {told}"


def _joined(one: Mapping[str, Any], fields: Iterable[str]) -> str:
    return ", ".join(_named(one, fields))


def _only_people(_subject: Subject) -> Answer:
    """Nothing in a record answers it."""
    return Answer()


def _organisation(subject: Subject) -> Answer:
    return Answer((subject.organisation,) if subject.organisation else ())


def _started(form: Form) -> Callable[[Subject], Answer]:
    """Answered by the starts of the deadlines that the incident states of this regime."""

    def answer(subject: Subject) -> Answer:
        said = cast("Sequence[Mapping[str, str]]", subject.restricted.get("deadlines", ()))
        own = (one for one in said if one["regime"].partition("/")[0] == form)
        return Answer(tuple(dict.fromkeys(one["start"] for one in own if "start" in one)))

    return answer


def _countries(subject: Subject) -> Answer:
    return Answer(tuple(dict.fromkeys(str(one["country"]) for one in subject.objects("targets") if "country" in one)))


_SYSTEMS = _listed("systems", "provider", "model", "version", "surface", "role", "safeguard_version")
_HARMS = _listed("harms", "type", "stakeholder", "realisation", "severity", "quantity", "unit", "confidence", "direct")
_ACCOUNT = _said("title", "summary", "narrative", long=True)
_TIMES = _object("timeline", "started", "ended", "detected", "contained", "enforced", "disclosed")
_STEPS = _listed("procedure", "tactic", "technique", "text")
_MEASURES = _listed("enforcement", "action", "count", "at", "text")
_FOUND = _object("detection", "method", "by", "signal")
_SCALE = _object("scale", "accounts", "sessions", "prompts", "artefacts", "victims_reported", "victims_inferred")

_EU: tuple[Section, ...] = (
    (
        "Who reports, and to whom",
        (
            ("Provider that reports", _organisation),
            ("Person to ask, with address", _only_people),
            ("First report, or completion of an earlier one", _only_people),
            ("Member States where it happened (countries aimed at, as recorded)", _countries),
            ("Market surveillance authority addressed", _only_people),
            ("Report made to another authority", _said("authority_report")),
        ),
    ),
    (
        "The AI system",
        (
            ("System, model and version", _SYSTEMS),
            ("Registration in the EU database, and why it is high-risk", _only_people),
            ("Deployers concerned", _only_people),
        ),
    ),
    (
        "What happened",
        (
            ("Account", _ACCOUNT),
            ("When", _TIMES),
            ("When the provider became aware, which starts the clock", _started(Form.EU_AI_ACT_73)),
            ("How it was found", _FOUND),
            ("Steps", _STEPS),
        ),
    ),
    (
        "How serious it is",
        (
            ("Harms", _HARMS),
            ("Overall severity, 0 to 5", _said("severity")),
            (
                "Case of Art. 3(49): death or health, infrastructure, fundamental rights, property or environment",
                _only_people,
            ),
            ("How large it was", _SCALE),
            ("For whom it was worse", _listed("affected_groups", "group", "basis", "worse")),
        ),
    ),
    (
        "Link between the system and the harm",
        (
            ("How the system was involved", _said("relation", "intent")),
            ("How the safeguards fared", _said("safeguard_outcome")),
            ("Causal link, or how likely it is, and why", _only_people),
        ),
    ),
    (
        "What was done, and what follows",
        (
            ("Measures taken", _MEASURES),
            ("Can it be undone", _said("reversibility")),
            ("Assessment of the risk, and corrective action planned", _only_people),
            ("Whether the system was left unchanged until the authority was told", _only_people),
        ),
    ),
)

_CALIFORNIA: tuple[Section, ...] = (
    (
        "Who reports",
        (
            ("Frontier developer that reports", _organisation),
            ("Person to ask, with address", _only_people),
            ("First report, or amendment of an earlier one", _only_people),
        ),
    ),
    (
        "The incident",
        (
            ("Date of the incident", _TIMES),
            ("When it was discovered, which starts the clock", _started(Form.CA_SB_53)),
            ("Short and plain account", _said("title", "summary", long=True)),
            ("Frontier models concerned", _SYSTEMS),
            ("Whether it arose from internal use of a frontier model", _only_people),
        ),
    ),
    (
        "Why it is a critical safety incident",
        (
            ("Which case of section 22757.11 it is, and why", _only_people),
            ("Harms", _HARMS),
            ("Overall severity, 0 to 5", _said("severity")),
            ("Imminent risk of death or serious physical injury", _only_people),
        ),
    ),
    (
        "What was done",
        (
            ("How it was found", _FOUND),
            ("Measures taken", _MEASURES),
            ("Report made to another authority", _said("authority_report")),
        ),
    ),
)

_FORMS: dict[Form, tuple[str, tuple[Section, ...]]] = {
    Form.EU_AI_ACT_73: ("report of a serious incident (EU AI Act, Art. 73)", _EU),
    Form.CA_SB_53: ("report of a critical safety incident (California SB 53)", _CALIFORNIA),
}
