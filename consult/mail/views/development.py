"""Mail that this machine would have sent; never in production."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from consult.access.guard import public
from consult.core.context import settings
from consult.core.errors import NotFound
from consult.core.text import search_words
from consult.mail.queries import count_waiting, find_delivered, list_delivered, pieces

development = Blueprint("development", __name__, url_prefix="/<locale:locale>/development/mail")
SHOWN = 50


@development.get("/")
@public
def mailbox() -> str:
    """The newest messages, and how many the worker has still to deliver."""
    words = search_words(request.args.get("words"))
    found = list_delivered(settings().data_dir / "mail", words=words)
    return render_template(
        "mail/mailbox.html", mails=found[:SHOWN], total=len(found), shown=SHOWN, words=words, waiting=count_waiting()
    )


@development.get("/<name>")
@public
def message(name: str) -> str:
    """One message as text, with its links."""
    mail = find_delivered(settings().data_dir / "mail", name)
    if mail is None:
        raise NotFound
    return render_template("mail/message.html", mail=mail, pieces=list(pieces(mail.body)))


@development.get("/<name>/html")
@public
def html_part(name: str) -> Response:
    """The HTML part as it is sent, which may do nothing but be looked at."""
    mail = find_delivered(settings().data_dir / "mail", name)
    if mail is None or not mail.html:
        raise NotFound
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return Response(mail.html, mimetype="text/html", headers={"Content-Security-Policy": policy})
