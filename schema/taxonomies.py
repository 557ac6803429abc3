"""Reading taxonomies and the crosswalks between them."""

from __future__ import annotations

from bisect import bisect_right

import strawberry

from registry.domain.pages import Page
from registry.service import taxonomies
from schema.context import Info
from schema.fields import resolved
from schema.types.pages import After, Connection, First, List
from schema.types.taxonomy import Taxonomy, TermNeighbour, neighbour_type


@strawberry.type(description="Reading taxonomies.")
class TaxonomyQueries:
    """Fields of the root of reads."""

    @resolved("A release of a taxonomy; the newest unless a version is named.")
    def taxonomy(self, info: Info, namespace: str, version: str | None = None) -> Taxonomy | None:
        context = info.context
        release = taxonomies.release(context.registry, context.actor, namespace, version)
        return None if release is None else Taxonomy(release=release)

    @resolved("The newest release of every taxonomy, by short name.")
    def taxonomies(self, info: Info, first: First = None, after: After = None) -> Connection[Taxonomy] | None:
        registry, actor = info.context.registry, info.context.actor
        listing = List(info.context, "taxonomies")
        request = listing.request(first, after)
        names = taxonomies.namespaces(registry, actor)
        start = bisect_right(names, str(request.position[0])) if request.position else 0
        shown = names[start : start + request.limit]
        found = [taxonomies.release(registry, actor, name) for name in shown]
        nodes = [Taxonomy(release=one) for one in found if one is not None]
        positions = tuple((one.release.namespace,) for one in nodes)
        page: Page[object] = Page(tuple(nodes), positions, start + len(shown) < len(names), start > 0)
        return Connection(nodes=nodes, page=page, seal=listing.seal, total=lambda: len(names))

    @resolved("The neighbours of a term of one taxonomy in the others, or in one of them.")
    def crosswalk(self, info: Info, taxonomy: str, code: str, to: str | None = None) -> list[TermNeighbour] | None:
        context = info.context
        found = taxonomies.crosswalk(context.registry, context.actor, taxonomy, code, to)
        return [neighbour_type(one) for one in found]
