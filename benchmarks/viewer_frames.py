"""How many pictures a second the 3D viewer draws in a browser without a GPU, and how soon the first is there.

Needs Chromium, and the front end with its development packages: `make frontend`. Wanted: 20 frames/s, 2 s.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from parts.cases import OPEN_DUCK_CLIP, OPEN_DUCK_SCENE, throw_away_folder
from parts.served import EMAIL, PASSWORD, served
from parts.table import print_machine, print_table

from webfoot.web.app import create_app
from webfoot.web.context import Service
from webfoot.web.services import accounts
from webfoot.web.settings import Settings

BROWSER = Path(__file__).parents[1] / "frontend" / "browser" / "viewer-frames.mjs"
DATA = Path("../shared/data")
DUCKLING = "/robots/duckling"


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--data", type=Path, default=DATA, help="folder with Open Duck Mini v2; else only the duckling")
    made.add_argument("--seconds", type=float, default=10.0, help="for which pictures are counted")
    made.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    options = made.parse_args()
    settings = Settings(data_dir=throw_away_folder(), rate_limit="100000 per minute")
    client, token = somebody(settings)
    pages = {"duckling": DUCKLING}
    if (options.data / OPEN_DUCK_SCENE).is_file():
        pages["Open Duck Mini v2"] = open_duck(client, token, options.data)
    print_machine()
    rows = []
    with served(settings) as address:
        for name, page in pages.items():
            words = [address, page, EMAIL, PASSWORD, options.chromium, str(options.seconds)]
            done = subprocess.run(["node", BROWSER, *words], stdout=subprocess.PIPE, check=True, text=True)
            rows.append((name, *json.loads(done.stdout).values()))
    firsts = "first picture [s]", "the very first [s]"
    print_table(("robot", "triangles", "pixels", "frames/s", *firsts, "scene [bytes]", "replay [bytes]"), rows)
    print("the very first picture: of a robot and a movement that nobody has looked at before")
    print(f"load when it was over: {os.getloadavg()[0]:.1f}")


def somebody(settings: Settings) -> tuple[FlaskClient, str]:
    """The service within this process, and the token of a trainer."""
    app = create_app(settings)
    here: Service = app.extensions["webfoot"]
    with app.app_context(), here.database.writing() as session:
        user = accounts.create(session, None, EMAIL, "trainer")
        accounts.set_password(user, PASSWORD)
        session.flush()
        return app.test_client(), accounts.make_token(session, user, "benchmark", ["train"], None).text


def open_duck(client: FlaskClient, token: str, data: Path) -> str:
    """Upload robot and library; gives the page where one of its clips moves."""
    scene, library = data / OPEN_DUCK_SCENE, data / OPEN_DUCK_CLIP.partition("#")[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(scene.parent.rglob("*")):
            if file.is_file() and "backlash" not in file.name:
                archive.write(file, str(file.relative_to(scene.parent)))
    robot = upload(client, token, "robots", "open_duck.zip", packed.getvalue(), model=scene.name)
    motion = upload(client, token, "motions", library.name, library.read_bytes(), robot=f"robot:{robot}")
    return f"/motions/{motion}"


def upload(client: FlaskClient, token: str, place: str, name: str, content: bytes, **fields: str) -> int:
    """The id of what came of a file."""
    data: dict[str, Any] = {"files": (io.BytesIO(content), name), **fields}
    answer = client.post(f"/api/v1/{place}", data=data, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    return made.get("id") or made["items"][0]["id"]


if __name__ == "__main__":
    main()
