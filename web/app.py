"""The web application: routes, the layers every request passes, and the workers behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from registry.ports import Registry
from schema.app import GraphQLApp
from web import comparing, errors, federation, health, metrics, news
from web.authentication import Authentication
from web.background import background as workers
from web.bulk import BulkApp
from web.dumps import serving as dumps
from web.interop import bundle, misp, taxii
from web.limits import PageLimits
from web.middleware import BodyLimits, Guard, SameSite
from web.monitoring import Monitoring
from web.nodes import Nodes
from web.pages import (
    about,
    accountability,
    alerts,
    applications,
    apply,
    audit,
    candidates,
    clauses,
    clocks,
    export,
    feeds,
    history,
    home,
    imported,
    imports,
    leaks,
    lists,
    lookup,
    matrix,
    me,
    members,
    notice,
    oidc,
    organisations,
    policies,
    proposals,
    record,
    relations,
    report,
    review,
    saved_searches,
    search,
    sign_in,
    sources,
    syncing,
    taxonomies,
    trends,
    watched,
    webhooks,
    welfare,
    wellknown,
)
from web.pages.caching import by_body, by_log, index_version
from web.session_cookie import SessionCookie
from web.site import open_site


def create_app(registry: Registry, *, background: bool = False) -> Starlette:
    """The pages and the API of *registry*; with *background* it also follows the log and runs what is due."""
    settings = registry.settings

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with ExitStack() as running:
            if background:
                running.enter_context(workers(registry))
            yield
            # Stopping waits for a portion of work to end; the loop meanwhile answers what it still has.
            await anyio.to_thread.run_sync(running.pop_all().close)

    cookie = SessionCookie(https=settings.base_url.startswith("https:"))
    app = Starlette(
        routes=[
            Route("/graphql", GraphQLApp(registry)),
            Route("/bulk", BulkApp(registry), methods=["POST"]),
            Route("/export.{format}", export.ExportApp(registry), methods=["GET"]),
            Route("/dumps/{name}/{file}", dumps.DumpApp(registry), methods=["GET"]),
            *_pages(),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _answer},
        middleware=[
            Middleware(Guard, https=settings.base_url.startswith("https:")),
            Middleware(SameSite, origin=settings.base_url, cookie=cookie),
            Middleware(Monitoring, registry=registry),
            Middleware(Authentication, registry=registry, cookie=cookie),
            Middleware(PageLimits, registry=registry),
            Middleware(BodyLimits, max_bytes=settings.max_body_bytes, streamed=frozenset({"/bulk"})),
        ],
    )
    # It would send people to whatever host a request names.
    app.router.redirect_slashes = False
    app.state.site = open_site(registry)
    app.state.feeds = misp.places()
    app.state.nodes = Nodes()
    return app


def _pages() -> list[Route]:
    return [
        Route("/", by_log(home.home)),
        Route("/search", by_body(search.search)),
        Route("/trends", by_body(trends.trends)),
        Route("/trends.csv", by_body(trends.trends_csv)),
        Route("/search.atom", feeds.search_feed),
        Route("/search.json", feeds.search_feed),
        Route("/s/{token}.atom", feeds.matches_feed),
        Route("/s/{token}.json", feeds.matches_feed),
        Route("/s/{token}", by_body(saved_searches.shared_search)),
        Route("/s/{token}/letters/{secret}", saved_searches.letters),
        Route("/s/{token}/letters/{secret}", saved_searches.end_letters, methods=["POST"]),
        Route("/export/manifest.json", export.manifest_json),
        Route("/dumps/", dumps.index_page),
        Route("/dumps/index.json", dumps.index_json),
        Route("/lookup", by_log(lookup.lookup)),
        Route("/r/{ref}.stix.json", bundle.record_stix),
        Route("/r/{ref}.json", by_log(record.record_json)),
        Route("/r/{ref}", by_log(record.record, index_version)),
        Route("/r/{ref}/history", by_log(history.history)),
        Route("/r/{ref}/diff/{first:int}..{second:int}", by_log(history.difference)),
        Route("/r/{ref}/correction", by_log(proposals.correction)),
        Route("/r/{ref}/compare/{other}", by_log(policies.compare)),
        Route("/r/{ref}/clauses/{clause:path}", by_log(clauses.clause)),
        Route("/incidents", by_log(lists.incidents)),
        Route("/mitigations", by_log(lists.mitigations)),
        Route("/mitigations/matrix", by_log(matrix.matrix)),
        Route("/lessons", by_log(lists.lessons)),
        Route("/weaknesses", by_log(lists.weaknesses)),
        Route("/policies", by_log(lists.policies)),
        Route("/policies/watched", watched.watched),
        Route("/statements", by_log(lists.statements)),
        Route("/organisations", by_log(organisations.organisations)),
        Route("/organisations/{slug}", by_log(organisations.organisation)),
        Route("/imports", imports.imports),
        Route("/imports/{source}", imports.import_source),
        Route("/imports/{source}", imports.steer_import, methods=["POST"]),
        Route("/sync", syncing.nodes),
        Route("/sync", syncing.steer_node, methods=["POST"]),
        Route("/sources", by_body(sources.sources)),
        Route("/sources/{source}/findings/{secret}.json", sources.findings_json),
        Route("/sources/{source}/findings/{secret}", sources.findings),
        Route("/taxonomies", by_log(taxonomies.taxonomies)),
        Route("/taxonomies/{namespace}", by_body(taxonomies.taxonomy)),
        Route("/taxonomies/{namespace}/{code:path}", by_body(taxonomies.term)),
        Route("/about", by_log(about.about)),
        Route("/clocks", by_body(clocks.clocks)),
        Route("/notice", by_body(notice.notice)),
        Route("/notice", notice.open_case, methods=["POST"]),
        Route("/notice/case", notice.own_case),
        Route("/notice/case", notice.follow_case, methods=["POST"]),
        Route("/report", by_body(report.report)),
        Route("/report", report.submit_report, methods=["POST"]),
        Route("/report/follow", report.own_report),
        Route("/report/follow", report.follow_report, methods=["POST"]),
        Route("/sign-in", sign_in.sign_in_form),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-in/with/{provider}", oidc.go, methods=["POST"]),
        Route("/sign-in/with/{provider}/back", oidc.came_back),
        Route("/sign-in/with/{provider}/back", oidc.finish, methods=["POST"]),
        Route("/me/identities", oidc.change_identities, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Route("/invitation", sign_in.invitation),
        Route("/invitation", sign_in.answer_invitation, methods=["POST"]),
        Route("/me", me.me),
        Route("/me/webhooks", webhooks.own_webhooks),
        Route("/me/webhooks", webhooks.change_webhooks, methods=["POST"]),
        Route("/me/searches", saved_searches.own_searches),
        Route("/me/searches", saved_searches.change_searches, methods=["POST"]),
        Route("/me/sessions", me.end_sessions, methods=["POST"]),
        Route("/me/organisation", me.act_for, methods=["POST"]),
        Route("/me/password", me.password),
        Route("/me/password", me.change_password, methods=["POST"]),
        Route("/me/second-factor", me.second_factor_form, methods=["POST"]),
        Route("/me/keys", me.keys),
        Route("/me/keys", me.change_keys, methods=["POST"]),
        Route("/me/welfare", welfare.show),
        Route("/me/welfare", welfare.change, methods=["POST"]),
        Route("/review", review.show_queue),
        Route("/review", review.take_next, methods=["POST"]),
        Route("/review/candidates", candidates.candidates),
        Route("/review/candidates", candidates.decide_candidate, methods=["POST"]),
        Route("/review/imported/{source}", imported.show_imported),
        Route("/review/imported/{source}", imported.accept_imported, methods=["POST"]),
        Route("/review/relations/{ref}", relations.show_relations),
        Route("/review/relations/{ref}", relations.decide_relation, methods=["POST"]),
        Route("/review/{uid}", review.show_item),
        Route("/review/{uid}", review.decide, methods=["POST"]),
        Route("/review/{uid}/reveal", review.reveal, methods=["POST"]),
        Route("/apply", by_body(apply.apply)),
        Route("/apply", apply.send_application, methods=["POST"]),
        Route("/apply/follow", apply.own_application),
        Route("/apply/follow", apply.follow_application, methods=["POST"]),
        Route("/keys/revoke", by_body(leaks.report_form)),
        Route("/keys/revoke", leaks.report_keys, methods=["POST"]),
        Route("/admin/events", audit.events),
        Route("/admin/events.ndjson", audit.events_ndjson),
        Route("/admin/events.csv", audit.events_csv),
        Route("/admin/alerts", alerts.alerts),
        Route("/admin/alerts", alerts.judge_alert, methods=["POST"]),
        Route("/admin/applications", applications.applications),
        Route("/admin/applications", applications.decide_application, methods=["POST"]),
        Route("/admin/members", members.organisations),
        Route("/admin/members/{slug}", members.organisation_members),
        Route("/admin/members/{slug}", members.change_members, methods=["POST"]),
        Route("/transparency", by_body(accountability.transparency)),
        Route("/privacy", by_body(accountability.privacy)),
        Route("/governance", by_body(accountability.governance)),
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
        Route("/metrics", metrics.metrics),
        Route("/.well-known/incident-commons.json", federation.discovery),
        Route("/fed/v1/log", federation.log),
        Route("/fed/v1/inbox", federation.inbox, methods=["POST"]),
        Route("/fed/v1/ping", news.ping, methods=["POST"]),
        Route("/fed/v1/stream", news.stream),
        Route("/fed/v1/records/{uid}/revisions", comparing.record),
        Route("/fed/v1/buckets", comparing.buckets),
        Route("/fed/v1/buckets/{bucket:int}", comparing.bucket),
        Route("/taxii2/", taxii.discovery),
        Route("/taxii2/records/", taxii.root),
        Route("/taxii2/records/collections/", taxii.list_collections),
        Route("/taxii2/records/collections/{collection}/", taxii.collection),
        Route("/taxii2/records/collections/{collection}/manifest/", taxii.manifest),
        Route("/taxii2/records/collections/{collection}/objects/", taxii.objects),
        Route("/taxii2/records/collections/{collection}/objects/{object}/", taxii.one),
        Route("/taxii2/records/collections/{collection}/objects/{object}/versions/", taxii.versions),
        Route("/feeds/{feed}/manifest.json", misp.manifest),
        Route("/feeds/{feed}/hashes.csv", misp.hashes),
        Route("/feeds/{feed}/{uuid}.json", misp.event),
        Route("/robots.txt", wellknown.robots),
        Route("/.well-known/security.txt", wellknown.security),
        Route("/llms.txt", wellknown.llms),
        Route("/opensearch.xml", wellknown.opensearch),
        Route("/favicon.svg", wellknown.favicon),
        Route("/favicon.ico", wellknown.favicon),
        Route("/static/{name}", wellknown.static),
    ]


async def _answer(request: Request, error: Exception) -> Response:
    return errors.answer(request, error)
