"""AVID: what is taken from a record, what is noted beside it, and what leaves it out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from importers.avid import rules
from importers.contract import Draft, Parsed, RawDocument
from importers.organisations import ORGANISATIONS
from importers.sources.avid import IMPORTER
from registry.domain import terms
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind, LinkRel


def report(**fields: object) -> dict[str, Any]:
    """A report; a keyword replaces or adds a field at the top."""
    told: dict[str, Any] = {
        "data_type": "AVID",
        "metadata": {"report_id": "AVID-2031-R0001"},
        "problemtype": {
            "classof": "LLM Evaluation",
            "type": "Issue",
            "description": {"lang": "eng", "value": "A flaw"},
        },
        "description": {"lang": "eng", "value": "It goes wrong."},
    }
    return told | fields


def problem(classof: str, title: str = "A flaw") -> dict[str, Any]:
    return {"classof": classof, "type": "Advisory", "description": {"lang": "eng", "value": title}}


def avid(*terms_: str) -> dict[str, Any]:
    return {"avid": {"sep_view": list(terms_), "taxonomy_version": "0.2"}}


def read(record: object, name: str = "report.json") -> list[Parsed]:
    return list(IMPORTER.parse(RawDocument(name, json.dumps(record).encode()), IMPORTER.source))


def draft(record: object) -> Draft:
    (found,) = [each for each in read(record) if isinstance(each, Draft)]
    return found


def codes(parsed: list[Parsed], *, refused: bool | None = None) -> list[str]:
    findings = [each for each in parsed if isinstance(each, Finding)]
    return [each.code for each in findings if refused in {None, each.refused}]


@pytest.mark.parametrize(
    ("classof", "kind"),
    [
        ("CVE Entry", Kind.WEAKNESS),
        ("LLM Evaluation", Kind.WEAKNESS),
        ("AIID Incident", Kind.INCIDENT),
        ("ATLAS Case Study", Kind.INCIDENT),
    ],
)
def test_what_avid_made_of_an_incident_becomes_one_and_all_else_a_weakness(classof: str, kind: Kind) -> None:
    assert kind is draft(report(problemtype=problem(classof))).kind


@pytest.mark.parametrize(
    ("classof", "url", "alias"),
    [
        ("AIID Incident", "https://incidentdatabase.ai/cite/137", "AIID-137"),
        ("ATLAS Case Study", "https://atlas.mitre.org/studies/AML.CS0001", "AML.CS0001"),
        ("CVE Entry", "https://github.com/a/b/security/advisories/GHSA-2222-3333-4444", "GHSA-2222-3333-4444"),
    ],
)
def test_a_record_made_from_another_carries_its_id(classof: str, url: str, alias: str) -> None:
    found = draft(report(problemtype=problem(classof), references=[{"label": "x", "url": url}]))
    beside = draft(report(problemtype=problem("Third-party Report"), references=[{"label": "x", "url": url}]))

    assert ["AVID-2031-R0001", alias] == found.content["aliases"]
    assert ["AVID-2031-R0001"] == beside.content["aliases"]


def test_of_two_advisories_neither_is_taken_for_the_same_weakness() -> None:
    urls = [f"https://github.com/a/b/security/advisories/GHSA-2222-3333-444{n}" for n in (4, 5)]

    found = draft(report(problemtype=problem("CVE Entry", "x (CVE-2031-1234)"), references=[{"url": u} for u in urls]))

    assert ["AVID-2031-R0001", "CVE-2031-1234"] == found.content["aliases"]


def test_nobody_who_is_thanked_is_named_and_an_organisation_is() -> None:
    credit = [{"value": "Ada Sample, Mindgard"}, {"value": "Bo Example (@bo)"}, {"value": "Anonymous"}]

    parsed = read(report(credit=credit))

    (found,) = [each for each in parsed if isinstance(each, Draft)]
    assert ("Ada Sample", "Bo Example", "bo") == found.names
    assert "Mindgard" == found.content["discovered_by"]
    assert "Ada" not in repr((found.content, found.restricted, codes(parsed)))


def test_a_maker_that_may_be_a_person_is_left_out_with_a_finding_that_does_not_name_it() -> None:
    affects = {"developer": ["Ada Sample"], "deployer": [], "artifacts": [{"type": "Model", "name": "Sample"}]}

    parsed = read(report(affects=affects))

    assert ["PARTY_NOT_KEPT"] == codes(parsed)
    assert "Ada" not in repr(parsed)
    assert [{"model": "Sample"}] == draft(report(affects=affects)).content["affected"]


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("OpenAI GPT-9", {"provider": "OpenAI", "model": "GPT-9"}),
        ("Mistral Mistral 8B", {"provider": "Mistral", "model": "Mistral 8B"}),
        ("Apache Airflow", {"provider": "Apache Software Foundation", "model": "Apache Airflow"}),
        ("Google Translate, Bing Translator", {"model": "Google Translate, Bing Translator"}),
        ("something else", {"model": "something else"}),
    ],
)
def test_the_name_of_a_product_tells_its_maker_where_several_are_named(name: str, system: dict[str, str]) -> None:
    affects = {"developer": ["OpenAI", "Google"], "deployer": [], "artifacts": [{"type": "System", "name": name}]}

    assert [system] == draft(report(affects=affects)).content["affected"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It was discovered by Ada Sample. More.", ("Ada Sample",)),
        ("We would like to thank Bo Example Jr, and others.", ("Bo Example Jr",)),
        ("Reported responsibly by Example Research Institute.", ()),
        ("An issue in Ada Sample samplelib v1 allows it.", ("Ada Sample",)),
        ("An issue in Sample Open source tools allows it.", ()),
        ("It was discovered by chance.", ()),
    ],
)
def test_who_is_said_to_have_found_or_made_it_is_sought_in_the_texts(text: str, names: tuple[str, ...]) -> None:
    assert names == draft(report(description={"value": text})).names


def test_a_title_that_only_repeats_the_cve_is_told_in_the_publishers_words() -> None:
    text = "**It** stops. More.\n\nReason for inclusion in AVID: yes."

    found = draft(report(problemtype=problem("CVE Entry", "Vulnerability CVE-2031-1234"), description={"value": text}))

    assert "It stops (CVE-2031-1234)" == found.content["title"]
    assert "title" in [one.field for one in found.mapped]
    assert ["AVID-2031-R0001", "CVE-2031-1234"] == found.content["aliases"]


def test_of_several_products_it_is_not_guessed_who_made_or_offers_which() -> None:
    artifacts = [{"type": "System", "name": name} for name in ("Sample Chat", "sample.ai")]
    affects = {"developer": ["OpenAI"], "deployer": ["Wix"], "artifacts": artifacts}

    expected = [{"model": "Sample Chat"}, {"model": "sample.ai"}]
    assert expected == draft(report(affects=affects)).content["affected"]


def test_who_offers_another_makers_model_is_told_as_the_use_case() -> None:
    affects = {"developer": ["Mistral"], "deployer": ["Together AI"], "artifacts": [{"type": "Model", "name": "Large"}]}

    found = draft(report(affects=affects)).content

    assert [{"provider": "Mistral", "model": "Large", "use_case": "as deployed by Together AI"}] == found["affected"]
    assert "model" == found["scope"]


def test_the_vector_counts_where_the_score_told_is_another() -> None:
    told = {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:L/A:H", "baseScore": 4.3}

    parsed = read(report(impact={"cvss": told}))

    assert ["SCORE_DIFFERS"] == codes(parsed)
    assert 4 == draft(report(impact={"cvss": told})).content["severity"]


def test_terms_outside_the_enum_are_noted_and_kept_by_their_code() -> None:
    record = report(impact=avid("P0402: Physical Safety", "E0100: Bias/Discrimination", "S0403: Adversarial Example"))

    assert ["UNKNOWN_TERM"] == codes(read(record))
    expected = [{"scheme": "avid", "code": code} for code in ("P0402", "E0100", "S0403")]
    assert expected == draft(record).content["classes"]


def test_an_empty_version_of_the_taxonomy_is_noted_and_the_record_kept() -> None:
    assert ["MISSING_VERSION"] == codes(read(report(impact={"avid": {"sep_view": [], "taxonomy_version": ""}})))


@pytest.mark.parametrize(
    ("passed", "outcome", "rate", "noted"),
    [(0, "ineffective", 1000, []), (44, "partial", 83, []), (48, "effective", 0, ["NOT_SHOWN"])],
)
def test_attempts_that_failed_make_the_rate(passed: int, outcome: str, rate: int, noted: list[str]) -> None:
    metrics = [{"results": {"rows": [{"detector": "a.B", "passed": passed, "total_evaluated": 48}]}}]

    found: Any = draft(report(metrics=metrics)).content

    assert noted == codes(read(report(metrics=metrics)))
    assert {"rate_permille": rate, "n": 48} == found["reproducibility"]
    assert bool(noted) is draft(report(metrics=metrics)).held
    assert [(outcome, f"{passed} of 48")] == [(one["outcome"], one["after"]) for one in found["evidence"]]


def test_links_between_reports_and_vulnerabilities_are_told_from_both_sides() -> None:
    vulnerability = report(metadata={"vuln_id": "AVID-2031-V001"}, reports=[{"report_id": "AVID-2031-R0001"}])
    told = report(impact={"avid": {"vuln_id": "AVID-2031-V001", "taxonomy_version": "0.2"}})

    assert ((LinkRel.DERIVED_FROM, "AVID-2031-R0001"),) == draft(vulnerability).links
    assert ((LinkRel.RELATED, "AVID-2031-V001"),) == draft(told).links


def test_a_record_without_an_id_takes_that_of_its_file_and_is_else_refused() -> None:
    record = report(metadata={"vuln_id": None})

    named = read(record, "vulnerabilities/2031/AVID-2031-V007.json")

    assert ["ID_FROM_NAME"] == codes(named)
    assert ["AVID-2031-V007"] == [each.upstream_id for each in named if isinstance(each, Draft)]
    assert ["MISSING"] == codes(read(record), refused=True)


def test_the_version_that_repairs_it_is_read_from_the_publishers_text_and_not_from_avids_reason() -> None:
    reason = "\n\nReason for inclusion in AVID: another was fixed in version 9.9.9."
    told = [report(description={"value": text + reason}) for text in ("Patched in version 3.4.1-rc1.", "Not repaired.")]

    assert ["3.4.1-rc1", None] == [draft(one).content.get("fixed_in") for one in told]
    assert ["fixed", None] == [draft(one).content.get("status") for one in told]


def test_a_record_is_found_in_any_shape_of_document() -> None:
    line = json.dumps(report()).encode()

    shapes = [
        ("a.json", line),
        ("a.json", b"[" + line + b"]"),
        ("a.jsonl", line),
        ("a.json", line + b"\n" + b"{broken\n"),
    ]
    found = [
        [each.upstream_id for each in IMPORTER.parse(RawDocument(*shape), IMPORTER.source) if isinstance(each, Draft)]
        for shape in shapes
    ]

    assert [["AVID-2031-R0001"]] * 3 == found[:3]
    assert ["BROKEN_DOCUMENT"] == codes(list(IMPORTER.parse(RawDocument(*shapes[3]), IMPORTER.source)))


def test_the_rules_name_only_terms_that_exist() -> None:
    misuse = {*rules.MISUSE_BY_SEP.values(), *(category for _, category in rules.MISUSE_BY_TITLE)}

    assert [] == [category for category in misuse if terms.MISUSE.find(category) is None]
    assert [] == [harm for harm in rules.HARM_BY_SEP.values() if terms.HARM.find(harm) is None]
    assert ORGANISATIONS == {name.strip().lower() for name in ORGANISATIONS}
