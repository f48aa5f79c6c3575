from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.services import request_release
from tests.support import build


def test_smoke(app, client):
    with app.app_context():
        staff = build.desk()
        r = build.released_round(staff, "one", "two")
        request_release(r, actor=staff.manager, now=utc_now())
        db.session.commit()
        print(sweep())
