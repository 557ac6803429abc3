"""The Python client: submit, search, read and review over HTTP. It knows the domain and nothing of a node's inside.

    from registry.client import Client

    with Client("https://registry.example", key=os.environ["COMMONS_KEY"]) as client:
        written = client.submit({"kind": "incident", "content": {"title": "…", "summary": "…"}})

Every call raises the classes of ``registry.domain.errors`` that the node itself would raise.
"""

from registry.client.answers import Candidate, Change, Checked, Match, SearchPage, Shown, Summary, Written
from registry.client.bulk import LineAnswer
from registry.client.client import Client
from registry.client.reviewing import ImportedAnswer, ListedImport, ReviewQueue, Taken, Waiting
from registry.client.screening import Finding
from registry.client.welfare import Welfare

__all__ = [
    "Candidate",
    "Change",
    "Checked",
    "Client",
    "Finding",
    "ImportedAnswer",
    "LineAnswer",
    "ListedImport",
    "Match",
    "ReviewQueue",
    "SearchPage",
    "Shown",
    "Summary",
    "Taken",
    "Waiting",
    "Welfare",
    "Written",
]
