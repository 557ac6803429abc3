"""Storing what a run has read, batch by batch: records, their links, findings, and what is gone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from importers.contract import Draft, Importer
from importers.faults import contained
from importers.preparing import prepare
from importers.reading import Ending, Reading, kept_id
from importers.report import MAX_FINDINGS, Report
from registry.domain.actor import Actor
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.importing import Counts, Run, RunState, upstream_key
from registry.domain.taxonomy import Taxonomy
from registry.ports import Registry
from registry.service import import_runs, ingest, withdrawing
from registry.service.import_runs import Ended
from registry.service.ingest import Incoming, Outcome
from registry.service.linking import linkable
from registry.service.withdrawing import Sighting, Verdict

BATCH_RECORDS = 500
BATCH_SECONDS = 0.5
_BEAT_SECONDS = 2.0
_FINDINGS_AT_ONCE = 500
# Of a run; whoever pours more of them is counted on, and not kept.
MAX_KEPT = 20_000
_UNRESOLVED = "a record that it refers to is not here; the link is added once it is"
_TO_ITSELF = "it refers to itself; that was left out"
_UNPREPARED = "the importer failed on this record; nothing of it was taken"


class Storing:
    """What has been stored of one run; without a *run*, what would be.

    Args:
        tell: called with records done and records in all.
    """

    def __init__(
        self,
        registry: Registry,
        actor: Actor,
        importer: Importer,
        run: Run | None,
        *,
        tell: Callable[[int, int], None] | None,
    ) -> None:
        self._registry = registry
        self._actor = actor
        self._source = importer.source
        self._run = run
        self._tell = tell or (lambda _done, _total: None)
        self._done = 0
        self._total: int | None = None
        self._outcomes: Counter[Outcome] = Counter()
        self._of_late: dict[str, Outcome] = {}
        self._waiting: list[Finding] = []
        self._shown: list[Finding] = []
        self._codes: Counter[str] = Counter()
        self._beat_at = time.monotonic()

    def found(self, finding: Finding) -> None:
        """Take a finding; it is kept with the next portion."""
        self._codes[finding.code] += 1
        if len(self._shown) < MAX_FINDINGS:
            self._shown.append(finding)
        if sum(self._codes.values()) <= MAX_KEPT:
            self._waiting.append(finding)

    def beat(self, counts: Counts | None = None) -> None:
        """Give a sign now and then; with *counts*, now, and keep every finding that waits."""
        if self._run is None:
            self._waiting.clear()
            return
        if counts is not None or len(self._waiting) >= _FINDINGS_AT_ONCE:
            for at in range(0, len(self._waiting), _FINDINGS_AT_ONCE):
                portion = self._waiting[at : at + _FINDINGS_AT_ONCE]
                import_runs.keep_findings(self._registry, self._actor, self._run, portion)
            self._waiting.clear()
        if counts is not None or time.monotonic() - self._beat_at >= _BEAT_SECONDS:
            so_far = counts or self._counts(0)
            self._run = import_runs.beat(
                self._registry, self._actor, self._run, done=self._done, total=self._total, counts=so_far
            )
            self._beat_at = time.monotonic()

    def store(self, reading: Reading, ending: Ending, *, allowed: bool) -> Report:
        """Store all of it.

        Args:
            allowed: withdraw what is gone however much it is.
        """
        lost = tuple(ending.findings)
        for finding in lost:
            reading.note(finding, document=finding.record)
        still = set(map(kept_id, ending.present))
        reading.judge_emptiness(still=still, may_be_empty=ending.may_be_empty or bool(lost))
        self._total = reading.total
        self._tell(0, self._total)
        for taxonomy in reading.taxonomies.values():
            self._put_taxonomy(reading, taxonomy)
            self._done += 1
        self._store_records(reading)
        self._tell(self._total, self._total)
        present = still - reading.places.keys() - reading.taken_back.keys()
        is_whole = ending.complete and reading.importer.is_whole and reading.is_complete
        is_whole = is_whole and bool(self._total or present)
        # Of a source of which a run saw no record, nothing is known: what it read may have been its taxonomies alone.
        sighting = self._sighting(reading, present, is_whole=is_whole and bool(reading.places or present))
        verdict = self._withdraw(sighting, allowed=allowed)
        counts = self._counts(len(reading.refused), verdict)
        self.beat(counts)
        state = RunState.HELD if verdict.is_held else RunState.DONE
        if self._run is not None:
            looked_at = None if is_whole else reading.looked_at
            unread = present - reading.looked_at
            ended = Ended(looked_at, verdict, unread, ending.cursor, ending.validators)
            self._run = import_runs.finish(self._registry, self._actor, self._source, self._run, ended)
        return Report(counts, tuple(self._shown), self._codes, state, self._run.id if self._run else None)

    def _store_records(self, reading: Reading) -> None:
        links = reading.links()
        targets = {target for each in links.values() for target in each}
        at_first = linkable(self._registry, self._actor, self._source.id, targets)
        place = {id_: at for at, id_ in enumerate(reading.order())} if links else {}
        # These refer to what is stored behind them, because it refers to them as well.
        late = {
            id_
            for id_, each in links.items()
            if any(place.get(one, -1) > place[id_] for one in each if one not in at_first)
        }
        for batch, done in self._batches(reading, reading.drafts()):
            for id_, outcome in self._upsert(reading, batch):
                self._outcomes[outcome] += 1
                if id_ in late:
                    self._of_late[id_] = outcome
            self._done += done
            self._tell(self._done, self._total or 0)
            self.beat()
        here = at_first | self._stored(reading, targets - at_first)
        for batch, _ in self._batches(reading, reading.again(sorted(late & self._of_late.keys()))):
            for id_, outcome in self._upsert(reading, batch):
                self._again(id_, outcome)
            self.beat()
        for id_, each in links.items():
            if id_ in each:
                reading.note(Finding(self._source.id, id_, "LINK_TO_ITSELF", _TO_ITSELF, refused=False))
            if id_ not in reading.refused and not here.issuperset(each):
                reading.note(Finding(self._source.id, id_, "LINK_UNRESOLVED", _UNRESOLVED, refused=False))

    def _batches(self, reading: Reading, drafts: Iterable[Draft]) -> Iterator[tuple[Sequence[Incoming], int]]:
        """Each batch, and how many drafts it took."""
        batch: list[Incoming] = []
        taken, started = 0, time.monotonic()
        for draft in drafts:
            ready, findings = self._prepared(draft)
            for finding in findings:
                reading.note(finding)
            taken += 1
            if ready is not None:
                batch.append(ready)
            if len(batch) >= BATCH_RECORDS or time.monotonic() - started >= BATCH_SECONDS:
                yield batch, taken
                batch, taken, started = [], 0, time.monotonic()
        if taken:
            yield batch, taken

    def _prepared(self, draft: Draft) -> tuple[Incoming | None, tuple[Finding, ...]]:
        with contained(self._source.id) as fault:
            ready, findings = prepare(self._source, draft)
        if fault.arose:
            return None, (Finding(self._source.id, draft.upstream_id, "IMPORTER_FAILED", _UNPREPARED),)
        return ready, findings

    def _put_taxonomy(self, reading: Reading, taxonomy: Taxonomy) -> None:
        try:
            outcome = ingest.put_taxonomy(self._registry, self._actor, taxonomy, dry_run=self._run is None)
        except InvalidInput as error:
            self._refuse(reading, taxonomy.namespace, error)
        else:
            self._outcomes[outcome] += 1

    def _upsert(self, reading: Reading, batch: Sequence[Incoming]) -> Iterator[tuple[str, Outcome]]:
        """Store a batch; where it holds something that cannot be stored, its other records."""
        if not batch:
            return
        own = [_without_itself(one) for one in batch]
        try:
            outcomes = ingest.upsert(self._registry, self._actor, self._source, own, dry_run=self._run is None)
        except InvalidInput as error:
            if len(batch) == 1:
                self._refuse(reading, batch[0].upstream_id, error)
                return
            for one in batch:
                yield from self._upsert(reading, [one])
        else:
            yield from zip((one.upstream_id for one in batch), outcomes, strict=True)

    def _refuse(self, reading: Reading, record: str, error: InvalidInput) -> None:
        for problem in error.problems:
            reading.note(Finding(self._source.id, record, problem.code, problem.message))

    def _stored(self, reading: Reading, targets: set[str]) -> set[str]:
        """Which of these can be referred to, now that everything is stored."""
        if self._run is None:
            return targets & reading.places.keys() - reading.refused
        return linkable(self._registry, self._actor, self._source.id, targets)

    def _again(self, upstream_id: str, outcome: Outcome) -> None:
        """A record that was as it was, but for links to what is new, has changed."""
        if self._of_late[upstream_id] is Outcome.UNCHANGED is not outcome:
            self._outcomes[Outcome.UNCHANGED] -= 1
            self._outcomes[outcome] += 1

    def _sighting(self, reading: Reading, present: set[str], *, is_whole: bool) -> Sighting:
        seen = reading.keys(reading.places.keys() | (reading.refused - reading.taken_back.keys()) | present)
        taken_back = {upstream_key(self._source.id, id_): reason for id_, reason in reading.taken_back.items()}
        return Sighting(seen, reading.keys(present), taken_back, is_whole)

    def _withdraw(self, sighting: Sighting, *, allowed: bool) -> Verdict:
        run = self._run or Run("", self._source.id, RunState.RUNNING, *(self._registry.clock.now(),) * 2)
        verdict = withdrawing.judge(self._registry, self._actor, self._source, run, sighting, allowed=allowed)
        if self._run is None:
            return replace(verdict, withdrawn=len(verdict.due))
        for done in withdrawing.carry_out(self._registry, self._actor, self._source, verdict, sighting):
            verdict = done
            self.beat()
        return verdict

    def _counts(self, refused: int, verdict: Verdict | None = None) -> Counts:
        outcomes = self._outcomes
        return Counts(
            read=sum(outcomes.values()) + refused,
            new=outcomes[Outcome.NEW],
            changed=outcomes[Outcome.CHANGED],
            unchanged=outcomes[Outcome.UNCHANGED],
            held=outcomes[Outcome.HELD],
            refused=refused,
            withdrawn=verdict.withdrawn if verdict else 0,
            gone=len(verdict.noted) if verdict else 0,
        )


def _without_itself(one: Incoming) -> Incoming:
    links = tuple(link for link in one.links if link[1] != one.upstream_id)
    return one if len(links) == len(one.links) else replace(one, links=links)
