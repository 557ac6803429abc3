"""The commands to try next, for a POSIX shell with curl: submit, claim, approve, publish, search."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

_INPUT = {
    "content": {
        "title": "Trying out: an assistant praised a shop in invented reviews",
        "summary": "An invented example. Somebody had an assistant write reviews in the names of customers.",
        "misuseCategories": ["fraud"],
    },
    "marking": {"tlp": "CLEAR"},
}
_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "incident-minimal.json"
_ANSWER = "{record{uid number state draftRevision} userErrors{path code message hint}}"
_UID = "UID-OF-THE-RECORD"


def next_commands(address: str, submitter_key: str, reviewer_key: str, *, example: str) -> str:
    """Lines to copy into a shell, all at once or one by one; *example* is the number of a record to show."""
    program = shlex.quote(sys.argv[0]) if Path(sys.argv[0]).name == "commons" else "commons"
    return f"""\
Try next, in another shell (copy all, or line by line):

export COMMONS_URL={address}
SUBMITTER={submitter_key}
REVIEWER={reviewer_key}
ask() {{
  curl -sS "$COMMONS_URL/graphql" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$2"
  echo
}}

# submit
ANSWER=$(ask "$SUBMITTER" {_submit()}); echo "$ANSWER"
RECORD=$(echo "$ANSWER" | grep -o '[0-9a-f]\\{{8\\}}-[0-9a-f-]\\{{27\\}}')
# claim, approve and publish: another person of another organisation
ask "$REVIEWER" {_review("CLAIM")}
ask "$REVIEWER" {_review("APPROVE")}
ask "$REVIEWER" {_publish()}
# search, a moment later
sleep 1
ask "$REVIEWER" {_search()}

The same from the command line:

{program} search 'deepfake OR impersonation'
{program} show {example}
COMMONS_KEY=$SUBMITTER {program} submit {shlex.quote(str(_EXAMPLE))}
"""


def _submit() -> str:
    document = f"mutation($input:SubmitIncidentInput!){{submitIncident(input:$input){_ANSWER}}}"
    return _body(document, {"input": _INPUT})


def _review(decision: str) -> str:
    document = f"mutation($input:ReviewSubmissionInput!){{reviewSubmission(input:$input){_ANSWER}}}"
    return _body(document, {"input": {"uid": _UID, "decision": decision, "expectedRevision": 1}})


def _publish() -> str:
    document = f"mutation($input:PublishInput!){{publish(input:$input){_ANSWER}}}"
    return _body(document, {"input": {"uid": _UID, "expectedRevision": 1}})


def _search() -> str:
    document = "query($query:String!){search(query:$query){totalCount edges{node{number title}}}}"
    return _body(document, {"query": '"invented reviews"'})


def _body(document: str, variables: object) -> str:
    """A request body as one shell word, with the record's uid filled in by the shell."""
    body = json.dumps({"query": document, "variables": variables})
    return f"'{body}'".replace(_UID, "'$RECORD'")
