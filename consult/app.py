"""The application: settings in, a Flask app out. Composition only; nothing imports this but the entry points."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from flask import Flask, session
from flask_login import LoginManager, current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from consult.access.guard import can, claim_key, draft_keys
from consult.access.permissions import Permission
from consult.access.roles import Relation, register_relation
from consult.accounts.actors import Person, Visitor
from consult.accounts.queries import find_sign_in
from consult.accounts.signing_in import on_forget, on_session_end, on_sign_in, person_of, register_staff_roles
from consult.accounts.views import accounts
from consult.accounts.views.session import note_use
from consult.api.views import api
from consult.api.views import page as api_page
from consult.commitments.views import commitments
from consult.commitments.views import desk as commitments_desk
from consult.commitments.views import references as commitment_references
from consult.consultations.languages import register_language_check
from consult.consultations.queries import is_participant, register_opening_check
from consult.consultations.recipients import register_recipients
from consult.consultations.services import (
    register_opening_warning,
    register_outcome_check,
    register_outcome_warning,
)
from consult.consultations.views import background, invitations
from consult.consultations.views import desk as consultations_desk
from consult.consultations.views.addresses import init_addresses
from consult.consultations.views.editions import init_editions
from consult.consultations.wording import register_state
from consult.core.clock import utc_now
from consult.core.db import Base, configure_postgresql, configure_sqlite, db
from consult.core.paths import templates_dir
from consult.core.personal import register_collectors
from consult.core.settings import Settings
from consult.core.web import (
    assets,
    caching,
    csrf,
    errors,
    headers,
    health,
    lending,
    locales,
    logs,
    open_data,
    requests,
    routes,
    switching,
    templating,
)
from consult.documents.languages import list_untranslated_blocks
from consult.documents.queries import list_missing_editions
from consult.documents.queries.matching import register_point_count
from consult.documents.services.keeping import warn_of_kept_text, warn_of_text_not_kept, why_overtaken
from consult.documents.views import desk as documents_desk
from consult.documents.views import final_text as final_desk
from consult.documents.views import languages as languages_desk
from consult.documents.views import proposals as proposals_desk
from consult.documents.views.comparing import comparisons, comparisons_desk
from consult.documents.views.figures import figures
from consult.documents.views.templating import init_documents
from consult.files.views import words_of_files
from consult.insight.views import positions
from consult.intake.views import desk as intake_desk
from consult.mail.views import development
from consult.moderation.views import desk as moderation_desk
from consult.pages.queries import state_of
from consult.pages.views import pages, root, traces
from consult.privacy.views import forgetting, kept, own_data, retention_desk
from consult.protection.services import drop_proposal
from consult.protection.views import desk as protection_desk
from consult.protection.views import protection_admin
from consult.publication.queries import has_release
from consult.publication.views import annotated, feeds
from consult.publication.views import desk as publication_desk
from consult.publication.views import log as response_log
from consult.publication.views.points import answer_part
from consult.responses.acknowledging import forget_acknowledgement
from consult.responses.telling import date_answers
from consult.responses.tracing.services import forget_traces
from consult.responses.tracing.standing import warn_of_owed
from consult.responses.views import acknowledgement
from consult.responses.views import desk as responses_desk
from consult.search.views import search
from consult.secretariats.queries import staff_roles_of
from consult.secretariats.standing import register_government_check
from consult.secretariats.views import admin, delegation
from consult.submissions.queries import (
    find_claimed_id,
    has_spoken_for_government,
    is_author,
    is_input_reader,
    list_taking_part,
    register_release_check,
)
from consult.submissions.queries.carrying import count_points_on
from consult.submissions.services import (
    claim_drafts,
    end_claim_openings,
    forget_drafts,
    register_dater,
    register_eraser,
)
from consult.submissions.views import claims, comments, reading, references, take_part
from consult.submissions.views import desk as submissions_desk
from consult.submissions.views.carrying import warn_of_points_before
from consult.submissions.views.comments import register_point_part
from consult.texts.indexing import watch_texts
from consult.texts.services import register_settling
from consult.translating.contesting import follow_settling, forget_point
from consult.translating.exchanging import forget_files_with
from consult.translating.views import desk as translating_desk
from consult.translating.views import files as translating_files
from consult.translating.views.contests import contests, contests_desk

# The rooms that keep something, low ones first.
ROOMS = ("ledger", "mail", "texts", "files", "accounts", "secretariats", "consultations", "documents", "submissions",
         "intake", "moderation", "protection", "responses", "commitments", "translating", "insight", "publication",
         "privacy", "api")  # fmt: skip

register_relation(Relation.PARTICIPANT, is_participant)
register_relation(Relation.READER, is_participant)
register_relation(Relation.INPUT_READER, is_input_reader)
register_relation(Relation.AUTHOR, is_author)
register_opening_check(list_missing_editions)
register_language_check(list_untranslated_blocks)
register_outcome_warning(warn_of_text_not_kept)
register_outcome_warning(warn_of_owed)
register_outcome_check(why_overtaken)
register_opening_warning(warn_of_kept_text)
register_opening_warning(warn_of_points_before)
register_point_count(count_points_on)
register_recipients(list_taking_part)
register_release_check(has_release)
register_state(state_of)
register_point_part(answer_part)
register_staff_roles(staff_roles_of)
register_settling(follow_settling)
register_dater(date_answers)
register_government_check(has_spoken_for_government)
register_eraser(drop_proposal)
register_eraser(forget_point)
register_eraser(forget_acknowledgement)
register_eraser(forget_traces)
register_eraser(forget_files_with)
on_forget(forget_drafts)
routes.before_commit(note_use)
watch_texts()
# What each room holds of people, low rooms first.
for _room in ROOMS:
    if _room != "files":  # nobody’s: whose a file is, the room that it came with says
        register_collectors(*import_module(f"consult.{_room}.personal").COLLECTORS)
on_sign_in(claim_drafts)
on_session_end(end_claim_openings)

BLUEPRINTS = (
    root,
    pages,
    accounts,
    admin,
    delegation,
    consultations_desk,
    background,
    invitations,
    documents_desk,
    proposals_desk,
    final_desk,
    figures,
    comparisons,
    comparisons_desk,
    languages_desk,
    reading,
    traces,
    take_part,
    claims,
    comments,
    positions,
    references,
    submissions_desk,
    intake_desk,
    moderation_desk,
    protection_desk,
    protection_admin,
    responses_desk,
    acknowledgement,
    contests,
    contests_desk,
    commitments_desk,
    commitments,
    commitment_references,
    translating_desk,
    translating_files,
    publication_desk,
    response_log,
    annotated,
    feeds,
    own_data,
    forgetting,
    retention_desk,
    kept,
    search,
    api,
    api_page,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app.

    Args:
        settings: all of them; read from the environment when absent.

    Raises:
        RuntimeError: a route has no access mark.
    """
    config = settings or Settings()
    app = Flask("consult", template_folder=str(templates_dir()), static_folder=None)
    app.request_class = requests.BoundedRequest
    app.extensions["consult.settings"] = config
    app.config.update(
        TESTING=config.environment == "test",
        SECRET_KEY=config.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="consult",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_production,
        PERMANENT_SESSION_LIFETIME=timedelta(days=config.draft_days),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=config.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=config.max_request_bytes,
        SQLALCHEMY_ENGINES={"default": _engine_options(config)},
    )
    logs.configure_logs(config)
    db.init_app(app)
    with app.app_context():
        if config.is_sqlite:
            configure_sqlite(db.engine)
        else:
            configure_postgresql(db.engine)
    # Order matters: the request id first, then everything that may refuse a request.
    logs.init_logs(app)
    headers.init_headers(app)
    open_data.init_open_data(app)
    caching.init_caching(app)
    lending.init_lending(app)
    locales.init_locales(app)
    requests.init_keys(app)
    init_addresses(app)
    init_editions(app)
    init_documents(app)
    _init_sign_in(app)
    app.context_processor(words_of_files)
    switching.init_routes_of_pages(app)
    csrf.init_csrf(app)
    switching.init_switching(app)
    templating.init_templating(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.environment != "production":
        app.register_blueprint(development)
    health.init_health(app)
    errors.init_errors(app)
    routes.check_marks(app)
    routes.wrap_views(app)
    requests.init_requests(app)
    assets.init_assets(app)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _engine_options(config: Settings) -> dict[str, Any]:
    # Parameters are hidden: the text of an error may end in a log, and what somebody typed must not.
    if config.is_sqlite:
        path = sa.make_url(config.database_url).database
        if path and path != ":memory:":
            config.make_data_dir()
        return {"url": config.database_url, "hide_parameters": True}
    return {
        "url": config.database_url,
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": config.web_threads + 1,
    }


def _init_sign_in(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # the sign-in is a row of ours, revocable; the address may change on a train
    manager.anonymous_user = _visitor
    manager.init_app(app)

    @manager.user_loader
    def load(key: str) -> Person | None:
        sign_in = find_sign_in(key, utc_now())
        if sign_in is None:
            return None
        return person_of(sign_in.account, sign_in_key=key, draft_keys=draft_keys())

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"can": can, "Permission": Permission, "has_desk": bool(_has_desk())}


def _visitor() -> Visitor:
    """Whoever is not signed in, with what they have opened with its code; looked for only where the browser says so."""
    now = utc_now()
    key = claim_key(now)
    claimed_id = find_claimed_id(key, now) if key is not None else None
    return Visitor(draft_keys=draft_keys(), claimed_id=claimed_id)


def _has_desk() -> bool:
    if session.get("_user_id") is None:
        return False
    return bool(current_user.staff_roles) or current_user.is_administrator


def metadata() -> sa.MetaData:
    """The metadata of all tables, for migrations and tests."""
    for room in ROOMS:
        import_module(f"consult.{room}.models")
    import_module("consult.core.changes")
    import_module("consult.core.counters")
    import_module("consult.core.idempotency")
    return Base.metadata
