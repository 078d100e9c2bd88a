"""How long the service takes to list and search 10,000 sessions and 1,000 motions, in its own process."""

import argparse
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from parts.cases import throw_away_folder
from parts.table import print_machine, print_table

from webfoot.web.app import create_app
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services import accounts
from webfoot.web.services.access import SCOPES, rank
from webfoot.web.settings import Settings
from webfoot.web.states import State

PATHS = {
    "sessions, first page": "/api/v1/sessions",
    "sessions, 100 a page, by name": "/api/v1/sessions?per_page=100&sort=name",
    "sessions, last page": "/api/v1/sessions?per_page=100&page=100",
    "sessions, searched": "/api/v1/sessions?search=walk+77",
    "sessions that failed": "/api/v1/sessions?state=failed",
    "home page": "/",
    "page of sessions": "/sessions",
    "page of sessions, 100, by name": "/sessions?per_page=100&sort=name",
    "page of sessions, by owner": "/sessions?sort=owner",
    "page of sessions, searched": "/sessions?search=walk+77&state=completed&motion=walk",
    "page of motions": "/motions",
    "page of motions, 100, by score": "/motions?per_page=100&sort=-score",
    "page of motions, searched": "/motions?search=clip+77&usable=yes",
    "page of alerts": "/alerts",
    "motions, first page": "/api/v1/motions",
    "motions, searched": "/api/v1/motions?search=clip+77",
}


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--sessions", type=int, default=10_000)
    made.add_argument("--motions", type=int, default=1_000)
    made.add_argument("--database-url", default="", help="left out: SQLite")
    options = made.parse_args()
    settings = Settings(data_dir=throw_away_folder(), database_url=options.database_url, rate_limit="100000 per minute")
    app = create_app(settings)
    print_machine()
    with app.app_context():
        headers = fill(app.extensions["webfoot"].database, options)
    client = app.test_client()
    rows = []
    for role, token in headers.items():
        for what, path in PATHS.items():
            times = []
            for _ in range(30):
                began = time.perf_counter()
                answer = client.get(path, headers=token)
                times.append(1000 * (time.perf_counter() - began))
                assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
            rows.append((role, what, statistics.median(times), sorted(times)[-2]))
    print_table(("who", "what", "median [ms]", "29th of 30 [ms]"), rows)


def fill(database, options) -> dict[str, dict[str, str]]:
    """Twenty users with their objects; the headers of one of them and of an administrator."""
    draw = random.Random(0)
    with database.writing() as session:
        users = [accounts.create(session, None, f"maker{n}@example.org", "trainer") for n in range(20)]
        chief = accounts.create(session, None, "chief@example.org", "administrator")
        session.flush()
        began = datetime(2026, 1, 1, tzinfo=UTC)
        states = [State.COMPLETED] * 8 + [State.FAILED, State.CANCELLED]
        session.add_all(
            TrainingSession(
                owner_id=draw.choice(users[:2] if n % 2 else users).id,
                name=f"{draw.choice(('walk', 'trot', 'turn'))} {n}",
                reference_motion="walk",
                robot="duckling",
                parameters={"epochs": 400},
                state=draw.choice(states),
                timeout_minutes=60.0,
                total_epochs=400,
                created_at=began + timedelta(minutes=n),
            )
            for n in range(options.sessions)
        )
        report = {"clips": [{"name": "clip", "findings": []}]}
        for n in range(options.motions):
            motion = Motion(owner_id=draw.choice(users[:2]).id, name=f"clip {n}")
            motion.versions = [
                MotionVersion(number=1, sha256=f"{n:064x}", filename="a.npz", size=1, report=report, usable=True)
            ]
            session.add(motion)
        return {name: header(session, user) for name, user in (("trainer", users[0]), ("administrator", chief))}


def header(session, user: User) -> dict[str, str]:
    token = accounts.make_token(session, user, "benchmark", [list(SCOPES)[rank(user)]], None)
    return {"Authorization": f"Bearer {token.text}"}


if __name__ == "__main__":
    main()
