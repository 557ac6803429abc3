"""AI Incident Database: what is taken of its documents, whoever is named in them, and how its API is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from importers.aiid.parties import Sort, entity_id, judge, named
from importers.aiid.rules import harms_of, intent_of, misuse_of, target_kind_of
from importers.contract import Draft, Fragment, Parsed, RawDocument, Wanted
from importers.preparing import prepare
from importers.run import run
from importers.sources.aiid import IMPORTER
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.base import to_document
from registry.domain.finding import Finding
from registry.domain.importing import Source
from registry.domain.taxonomy import Taxonomy
from registry.domain.vocabulary import LinkRel
from registry.ports import Registry
from tests.importers.golden import FIXTURES
from tests.importers.golden import read as read_file

SOURCE = IMPORTER.source


def parties(*names: str) -> list[dict[str, str]]:
    return [{"entity_id": entity_id(name), "name": name} for name in names]


def incident(number: int = 1, **fields: object) -> dict[str, object]:
    told: dict[str, object] = {"incident_id": number, "title": "It happened", "date": "2031-03-14", "reports": []}
    return told | fields


def report(url: str, title: str = "A report") -> dict[str, object]:
    return {"report_number": 1, "title": title, "url": url}


def read(body: object, name: str = "answer.json", source: Source = SOURCE) -> list[Parsed]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(IMPORTER.parse(RawDocument(name, raw), source))


def answer(*incidents: object) -> dict[str, object]:
    return {"data": {"incidents": list(incidents)}}


def drafts(parsed: list[Parsed]) -> list[Draft]:
    return [one for one in parsed if isinstance(one, Draft)]


def fragments(parsed: list[Parsed]) -> list[Fragment]:
    return [one for one in parsed if isinstance(one, Fragment)]


def codes(parsed: list[Parsed]) -> list[str]:
    return [one.code for one in parsed if isinstance(one, Finding)]


def urls(draft: Draft) -> list[object]:
    sources: Any = draft.content.get("sources", [])
    return [one["url"] for one in sources]


def public(draft: Draft) -> str:
    ready, _ = prepare(SOURCE, draft)
    assert ready is not None
    return json.dumps(to_document(ready.content.public), ensure_ascii=False)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Example",
        "Ada Example's family",
        "Ada Example fans",
        "the Example family",
        "a software engineer named Ada",
        "@quiet_user",
        "quiet_user",
        "TikTok user @quietuser",
        "Unknown actors targeting Ada Example",
        "Ada Example's presidential campaign",
        "ada example",
        "Mayor Ada Example",
        "Example",
        "student known as Ada",
        "AdaExample.com",
    ],
)
def test_a_name_that_may_be_a_persons_is_no_label_and_is_told_to_whoever_masks(name: str) -> None:
    judged = judge(name)

    assert judged.sort in {Sort.PERSON, Sort.CLASS, Sort.OTHER}
    assert name in judged.names
    assert not {"ada", "example", "quiet", "quietuser", "quiet_user"} & set((judged.label or "").casefold().split())


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("OpenAI", Sort.ORGANISATION),
        ("Fall River Police Department", Sort.ORGANISATION),
        ("University of Nowhere", Sort.ORGANISATION),
        ("Black people in Brazil", Sort.CLASS),
        ("Facebook users", Sort.CLASS),
        ("female YouTube content creators", Sort.CLASS),
        ("people with disabilities", Sort.CLASS),
    ],
)
def test_organisations_and_classes_keep_their_names(name: str, sort: Sort) -> None:
    judged = judge(name)

    assert (sort, name, ()) == (judged.sort, judged.label, judged.names)


@pytest.mark.parametrize(("name", "sort"), [("none", Sort.NOBODY), ("Unknown", Sort.UNKNOWN), ("", Sort.NOBODY)])
def test_nobody_is_no_party(name: str, sort: Sort) -> None:
    assert (sort, None) == (judge(name).sort, judge(name).label)


def test_an_entity_id_gives_the_name_that_is_known_of_it() -> None:
    assert "McDonald's" == named("mcdonald-s")
    assert "Ada Example" == named("ada-example")


def test_a_harmed_person_stands_nowhere_in_the_public_part() -> None:
    told = incident(
        title="Chatbot Said That Ada Example Was a Thief",
        description="Ada Example, a writer, sued. Example won.",
        AllegedHarmedOrNearlyHarmedParties=parties("Ada Example"),
        reports=[
            report("https://news.example.org/ada-example-sues"),
            report("https://news.example.org/2", "AdaExample sues"),
            report("https://news.example.org/3", "A writer sues"),
        ],
    )

    (draft,) = drafts(read(answer(told)))

    ready, _ = prepare(SOURCE, draft)
    assert ready is not None
    assert ready.held
    assert "ada" not in public(draft).casefold()
    assert '"label": "a person"' in public(draft)
    assert "A writer sues" in public(draft)


def test_a_party_of_one_incident_is_sought_in_the_sources_of_all_others_of_the_document() -> None:
    named_here = incident(1, AllegedHarmedOrNearlyHarmedParties=parties("Quill Zephyrine"))
    elsewhere = incident(2, reports=[report("https://news.example.org/quill-zephyrine"), report("https://a.example/b")])

    _, other = drafts(read(answer(named_here, elsewhere)))

    assert [{"url": "https://a.example/b", "title": "A report", "publisher": "a.example"}] == other.content["sources"]
    assert "quill-zephyrine" in str(other.restricted["notes"])


def test_a_party_with_one_ordinary_word_for_a_name_is_withheld_in_its_own_incident_alone() -> None:
    told = incident(1, title="Song by Drake Was Made Up", AllegedHarmedOrNearlyHarmedParties=parties("Drake"))
    other = incident(2, title="A Drake Swims")

    first, second = drafts(read(answer(told, other)))

    assert "drake" not in public(first).casefold()
    assert first.held
    assert "A Drake Swims" == second.content["title"]


def test_a_record_whose_only_trace_of_a_person_was_the_party_is_not_held() -> None:
    (draft,) = drafts(read(answer(incident(AllegedHarmedOrNearlyHarmedParties=parties("Ada Example")))))

    ready, findings = prepare(SOURCE, draft)

    assert ready is not None
    assert not ready.held
    assert () == findings


def test_authors_editors_and_texts_of_reports_are_not_read() -> None:
    one = report("https://news.example.org/1") | {"authors": ["Bob Sample"], "text": "Bob Sample wrote this."}
    told = incident(reports=[one], editors=[{"first_name": "Carol"}], editor_notes="Carol looked.")

    parsed = read(answer(told))

    assert [] == codes(parsed)
    assert "Bob" not in public(drafts(parsed)[0])
    assert "Carol" not in public(drafts(parsed)[0])


def test_a_summary_that_we_made_says_so_and_one_of_the_source_does_not() -> None:
    parsed = read(answer(incident(1), incident(2, description="Told.", AllegedDeployerOfAISystem=parties("Amazon"))))

    made, told = drafts(parsed)

    assert "It happened." == made.content["summary"]
    assert ["summary"] == [one.field for one in made.mapped]
    assert "summary" == made.marking["provenance"]
    assert "Told." == told.content["summary"]
    assert "verbatim" == told.marking["provenance"]
    assert ["systems"] == [one.field for one in told.mapped]


def test_every_field_that_a_rule_made_is_told() -> None:
    body = (FIXTURES / "aiid" / "answer.json").read_bytes()
    upstream = {"title", "timeline", "aliases", "sources", "event_kind", "summary"}

    first, *_ = drafts(read(body))

    assert set(first.content) - upstream == {one.field for one in first.mapped}


def test_links_of_the_editors_are_kept() -> None:
    (draft,) = drafts(read(answer(incident(editor_similar_incidents=[2], editor_dissimilar_incidents=[3, "x"]))))

    assert ((LinkRel.RELATED, "2"), (LinkRel.NOT_RELATED, "3")) == draft.links


def test_more_than_a_hundred_reports_keep_the_first_hundred() -> None:
    reports = [report(f"https://news.example.org/{n}") for n in range(130)]

    parsed = read(answer(incident(reports=reports)))

    (draft,) = drafts(parsed)
    assert ["TOO_MANY"] == codes(parsed)
    assert 100 == len(urls(draft))


def test_the_hash_stays_while_what_we_read_stays() -> None:
    before, after, changed = (
        drafts(read(answer(incident(**more))))[0]
        for more in ({"embedding": [1]}, {"embedding": [2], "date_modified": "x"}, {"title": "Other"})
    )

    assert before.sha256 == after.sha256
    assert before.sha256 != changed.sha256


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Scammers Used Deepfake of a Mayor", ["fraud/scam", "impersonation/deepfake"]),
        ("Voice Cloning Used in Scam", ["fraud/scam", "impersonation/voice"]),
        ("Nonconsensual Deepfake Porn of Streamers", ["impersonation/deepfake", "ncii"]),
        ("Students Made Deepfake Nudes of Classmates", ["csae"]),
        ("Deepfake Detection Tool Failed to Find Scams", []),
        ("Tool Missed Fraudulent Ads", []),
        ("Lawyer Cited Fake ChatGPT Cases", ["fabrication/legal"]),
        ("Car Ran a Red Light", []),
    ],
)
def test_titles_show_misuse_only_where_their_words_do(title: str, expected: list[str]) -> None:
    assert expected == misuse_of(title)


def test_intent_is_told_only_where_the_title_or_the_deployer_shows_it() -> None:
    assert "misuse" == intent_of("Deepfake of a mayor", ["impersonation/deepfake"], actors=False)
    assert "misuse" == intent_of("It happened", [], actors=True)
    assert "unintended" == intent_of("Car crashed", [], actors=False)
    assert intent_of("City bought cameras", [], actors=False) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Black people", "group"),
        ("unnamed passenger", "individual"),
        ("Ada Example", "individual"),
        ("Unnamed owner of tow truck", "individual"),
        ("small businesses in India", "company"),
        ("Fall River Police Department", "government"),
        ("Electoral integrity", "social_political"),
        ("emergency vehicles", "product"),
        ("OpenAI", None),
    ],
)
def test_what_sort_of_target_a_party_is_its_name_tells(name: str, kind: str | None) -> None:
    assert kind == target_kind_of(judge(name))


def test_who_deploys_to_misuse_is_an_actor_and_does_not_provide_the_system() -> None:
    deployers = parties("Russian government", "Meta", "Ada Example", "unnamed male student", "unknown")
    told = incident(title="Deepfake Used in Disinformation", AllegedDeployerOfAISystem=deployers)

    (draft,) = drafts(read(answer(told)))

    assert [{"provider": "Meta"}] == draft.content["systems"]
    assert [
        {"label": "Russian government", "kind": "state"},
        {"kind": "individual"},
        {"label": "unnamed male student", "kind": "individual"},
        {"kind": "unknown"},
    ] == draft.content["actors"]


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/quietuser/status/1",
        "https://x.com/quietuser/status/1",
        "https://medium.com/@quietuser/a-story",
        "https://quietuser.substack.com/p/a-story",
        "https://www.linkedin.com/posts/quietuser_ai",
        "https://www.tiktok.com/@quietuser/video/1",
        "https://www.forbes.com/sites/quietwriter/2031/a-story",
        "https://www.buzzfeednews.com/article/quietwriter/a-story",
        "https://news.example.org/authors/quietwriter/a-story",
        "https://www.example.edu/~quiet/paper.html",
        "https://court.example.org/cases/example-v-sample-corp",
        "https://news.example.org/opinion/sarah-andersen-how-it-took-my-work.html",
        "https://quiet-user.livejournal.com/1.html",
        "https://quietuser.files.wordpress.com/2031/a-story.pdf",
        "https://medium.com/quiet4/a-story",
        "https://www.complex.com/life/a/quietwriter/a-story",
    ],
)
def test_an_address_that_names_somebody_is_kept_from_the_public_part(url: str) -> None:
    (draft,) = drafts(read(answer(incident(reports=[report(url), report("https://news.example.org/1")]))))

    assert [report("https://news.example.org/1")["url"]] == urls(draft)
    assert url in str(draft.restricted["notes"])


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example.org/black-teenagers-vs-white-teenagers-why-googles-algorithm",
        "https://news.example.org/story/bd-cf-ad-db-fb",
        "https://x.com/i/events/5",
        "https://news.example.org/amazon-echo-alexa-ad-wake-up-word",
        "https://www.medium.com/topic/ai",
        "https://news.example.org/hud-v-facebook",
    ],
)
def test_an_address_of_words_stays(url: str) -> None:
    (draft,) = drafts(read(answer(incident(reports=[report(url)]))))

    assert [url] == urls(draft)


def test_words_of_a_page_that_a_browser_marked_are_no_part_of_its_address() -> None:
    (draft,) = drafts(read(answer(incident(reports=[report("https://a.example/b#:~:text=Rob%20Sample%20said")]))))

    assert ["https://a.example/b"] == urls(draft)


@pytest.mark.parametrize(
    ("writer", "url", "title", "stays"),
    [
        ("Jason Quillfeather", "https://quillfeather.example/1", "Quillfeather: The Lottery Pulls Its Site", False),
        ("Trudy Quillfeather, Staff", "https://news.example.org/quillfeather/1", "The Lottery", False),
        ("Trudy Quillfeather For Dailynews.Example", "https://dailynews.example/1", "The Lottery", True),
        ("Sample News Agency", "https://samplenews.example/sample", "Sample", True),
        ("NBC Lakeside", "https://nbclakeside.example/lakeside", "The Lottery", True),
        ("Glasswing Brokers", "https://glasswing.example/", "The Lottery", True),
    ],
)
def test_a_source_that_names_who_wrote_it_is_left_out(writer: str, url: str, title: str, stays: bool) -> None:
    parsed = read(answer(incident(reports=[report(url, title) | {"authors": [writer, 5]}])))

    (draft,) = drafts(parsed)
    assert [url] * stays == urls(draft)
    assert stays is ("PERSON_NAMED_IN_SOURCE" not in [one.code for one in parsed if isinstance(one, Finding)])


def test_a_title_that_names_who_wrote_the_source_is_left_out() -> None:
    one = report("https://news.example.org/1", "Quillfeather: The Lottery") | {"authors": ["Jason Quillfeather"]}

    (draft,) = drafts(read(answer(incident(reports=[one]))))

    assert [{"url": "https://news.example.org/1", "publisher": "news.example.org"}] == draft.content["sources"]


@pytest.mark.parametrize("title", ["Robot Taxi Gets Lost | Quietuser Rides", "Robot Taxi Gets Lost: Quietuser #54"])
def test_a_title_of_a_film_that_ends_with_whose_channel_it_is_is_left_out(title: str) -> None:
    reports = [report("https://www.youtube.com/watch?v=a", title), report("https://news.example.org/1", title)]

    (draft,) = drafts(read(answer(incident(reports=reports))))
    listed: Any = draft.content["sources"]

    assert [None, title] == [one.get("title") for one in listed]


@pytest.mark.parametrize("title", ["Reddit: @quietuser", "Tweet: quietuser", "R (Quietuser) v. Sample Police"])
def test_a_title_that_names_an_account_or_a_case_in_court_is_left_out(title: str) -> None:
    reports = [report("https://forum.example.org/1", title)]

    (draft,) = drafts(read(answer(incident(reports=reports))))

    assert "quietuser" not in public(draft)
    assert [{"url": "https://forum.example.org/1", "publisher": "forum.example.org"}] == draft.content["sources"]


def test_a_deployer_who_was_harmed_by_the_misuse_is_no_actor() -> None:
    told = incident(
        title="Bot Hijacked Using Prompt Injection Attacks",
        AllegedDeployerOfAISystem=parties("Ada Example"),
        AllegedHarmedOrNearlyHarmedParties=parties("Ada Example"),
    )

    (draft,) = drafts(read(answer(told)))

    assert "misuse" == draft.content["intent"]
    assert "actors" not in draft.content


def test_harms_follow_the_words_of_the_title() -> None:
    assert ["financial"] == harms_of("2010 Market Flash Crash", [])
    assert ["physical"] == harms_of("Car Killed Pedestrian", [])
    assert [] == harms_of("Suicide Prevention Tool Bought", [])
    assert ["psychological"] == harms_of("Deepfake Porn", ["ncii"])


def test_a_case_of_the_abuse_of_children_is_held_and_kept_nowhere(registry: Registry) -> None:
    told = answer(incident(title="Man Used AI to Make Sexual Images of Children"))

    report_ = run(registry, LOCAL_OPERATOR, IMPORTER, [RawDocument("a.json", json.dumps(told).encode())])

    assert (1, 0) == (report_.held, report_.new)
    assert "SEALED" in {one.code for one in report_.findings}
    with registry.storage.read() as reader:
        assert reader.records.by_upstream("aiid", "1") is None


def test_the_documents_of_a_snapshot_make_one_record(registry: Registry) -> None:
    folder = FIXTURES / "aiid"
    names = ("incidents.csv", "reports.csv", "duplicates.csv", "classifications.csv", "taxa.json", "links.json")
    documents = [read_file(folder / name) for name in names]

    first = run(registry, LOCAL_OPERATOR, IMPORTER, documents)
    again = run(registry, LOCAL_OPERATOR, IMPORTER, documents[::-1])

    assert 0 == again.new + again.changed
    assert first.new + first.held > 0
    with registry.storage.read() as reader:
        record = reader.records.by_upstream("aiid", "9001")
        assert record is not None
        assert record.newest.public is not None
        told: dict[str, Any] = json.loads(record.newest.public.body)
    assert ["AIID-9001", "OECD-2031-03-15-1a2b"] == told["aliases"]
    assert ["https://news.example.org/2031/scam", "https://www.paper.example.com/warning"] == [
        one["url"] for one in told["sources"]
    ]
    judged = {(one["field"], one["value"], one.get("confidence")) for one in told["classifications"]}
    assert ("task", "deepfake-video-generation", None) in judged
    assert ("task", "translation", "low") in judged
    assert ("task", "task/kite-flying", None) in judged


def test_a_run_says_which_parts_it_did_not_have(registry: Registry) -> None:
    document = RawDocument("a.json", json.dumps(answer(incident())).encode())

    found = run(registry, LOCAL_OPERATOR, IMPORTER, [document]).findings

    assert [("aiid", "MISSING_PART"), ("aiid", "MISSING_PART")] == [(one.record, one.code) for one in found]


def test_judgments_that_the_source_does_not_show_are_left_out() -> None:
    row = {"namespace": "MIT", "attributes": [{"short_name": "Intent", "value_json": '"Intentional"'}]}
    listed = [row | {"publish": False, "incidents": [1]}, row | {"publish": True, "incidents": [{"incident_id": 2}]}]

    parsed = read({"data": {"classifications": listed}})

    assert ["2"] == [one.key for one in fragments(parsed)]
    assert ["NOT_PUBLISHED"] == codes(parsed)


def test_words_of_annotators_are_no_terms() -> None:
    row = {"namespace": "CSETv1", "publish": True, "incidents": [{"incident_id": 2}]}
    attributes = [
        {"short_name": "Annotator", "value_json": '"Ada Example"'},
        {"short_name": "Rights Violation", "value_json": '"yes"'},
    ]

    parsed = read({"data": {"classifications": [row | {"attributes": attributes}]}})

    (taxonomy,) = [one for one in parsed if isinstance(one, Taxonomy)]
    assert "Ada" not in str(parsed)
    assert ["rights_violation", "rights_violation/yes"] == [term.code for term in taxonomy.terms]
    assert ["NOT_A_TERM"] == codes(parsed)


def test_values_that_have_commas_are_told_from_lists_of_values() -> None:
    header = "Namespace,Incident ID,Published,Sector of Deployment\n"
    row = 'CSETv1,7,true,"agriculture, forestry and fishing, education, made up"\n'

    (one,) = fragments(read((header + row).encode(), "classifications_CSETv1.csv"))

    judged: Any = one.content["classifications"]
    assert ["agriculture-forestry-and-fishing", "education", "sector_isic/made-up"] == [
        each["value"] for each in judged
    ]
    assert {("cset", "sector_isic", "person", "taxonomy editor")} == {
        (each["taxonomy"], each["field"], each["annotator_kind"], each["annotator"]) for each in judged
    }


@pytest.mark.parametrize(
    "name", ["mongodump/submissions.csv", "aiidprod/incidents.bson", "x/incidents.metadata.json", "LICENSE.txt"]
)
def test_a_file_of_a_snapshot_that_holds_no_incidents_is_no_fault(name: str) -> None:
    (finding,) = read(b"\x93\x00\xff", name)

    assert isinstance(finding, Finding)
    assert ("NOT_READ", False) == (finding.code, finding.refused)


def test_the_api_is_asked_page_by_page_until_one_is_short() -> None:
    first = next(one for one in IMPORTER.begin(SOURCE, None) if one.name == "incidents from 0")
    full = RawDocument(first.name, json.dumps(answer(*(incident(n) for n in range(100)))).encode())
    short = RawDocument("incidents from 100", json.dumps(answer(incident())).encode())

    (second,) = IMPORTER.follow(full, first, SOURCE, None).wanted
    end = IMPORTER.follow(short, second, SOURCE, None)

    assert "incidents from 100" == second.name
    assert {"limit": 100, "skip": 100} == json.loads(second.body or b"")["variables"]
    assert () == end.wanted


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data": 5}', b'{"data": {"incidents": 5}}', b"\xff"])
def test_an_answer_that_is_none_ends_the_pages(body: bytes) -> None:
    first = next(iter(IMPORTER.begin(SOURCE, None)))

    assert () == IMPORTER.follow(RawDocument(first.name, body), first, SOURCE, None).wanted


def test_of_persons_the_api_is_asked_for_authors_only_to_leave_out_what_names_them() -> None:
    asked = b"".join(one.body or b"" for one in IMPORTER.begin(SOURCE, None))

    assert [b"authors"] == [word for word in (b"authors", b"editors", b"submitters", b"plain_text") if word in asked]


def test_a_file_at_an_address_is_fetched_as_it_is() -> None:
    source = Source(
        **{name: getattr(SOURCE, name) for name in Source.__slots__} | {"urls": ("https://x.example/a.csv",)}
    )

    assert (Wanted("https://x.example/a.csv", "a.csv"),) == tuple(IMPORTER.begin(source, None))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'{"data": null}', b'incident_id,title\n"1', b"a,b\n1,2", b"\xff\xfe", b'{"errors": [1]}'],
)
def test_a_document_that_is_none_of_theirs_gives_findings(body: bytes) -> None:
    parsed = read(body)

    assert parsed
    assert all(isinstance(one, Finding) for one in parsed)
