"""Everything that can be permitted, as ``scope:resource:action``."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One act that the policy decides on. The value is what ``docs/permissions.md`` shows."""

    HOSTS_MANAGE = "instance:hosts:manage"
    ACCOUNT_USE = "account:own:use"
    DESK_ENTER = "instance:desk:enter"
    STAFF_MANAGE = "host:staff:manage"
    MEMBERS_MANAGE = "host:members:manage"
    CONSULTATION_CREATE = "host:consultation:create"
    CONSULTATION_READ = "consultation:page:read"
    DRAFT_READ = "consultation:draft:read"
    INPUT_READ = "consultation:input:read"
    TAKE_PART = "consultation:input:draft"
    SUBMIT = "consultation:input:submit"
    SUBMISSION_OWN = "submission:own:use"
    DESK_READ = "consultation:desk:read"
    SETUP_EDIT = "consultation:setup:edit"
    TEXT_TRANSLATE = "consultation:text:translate"
    INPUT_TRANSLATE = "consultation:input:translate"
    LANGUAGE_ADD = "consultation:language:add"
    ROUND_OPEN = "consultation:round:open"
    ROUND_EXTEND = "consultation:round:extend"
    CORRIGENDUM_ISSUE = "consultation:corrigendum:issue"
    TIMELINE_EDIT = "consultation:timeline:edit"
    OUTCOME_RECORD = "consultation:outcome:record"
    INVITATIONS_MANAGE = "consultation:invitations:manage"
    TABLE_IMPORT = "consultation:comment_table:import"
    INPUT_SCREEN = "consultation:input:screen"
    LATE_ACCEPT = "consultation:late:accept"
    CREDENTIAL_RECORD = "consultation:credential:record"
    RESPONSE_DRAFT = "consultation:response:draft"
    RESPONSE_CLEAR = "consultation:response:clear"
    RESPONSE_SEND = "consultation:response:send"
    RELEASE_BUILD = "consultation:release:build"
    COMMITMENT_MANAGE = "host:commitment:manage"
