"""A look at a model's XML before MuJoCo sees it: what it reads and how large it would grow."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from xml.parsers import expat

from webfoot.errors import RobotError

MOST_XML_BYTES = 16 * 1024**2
MOST_FILES = 1000
MOST_ASSET_BYTES = 512 * 1024**2
MOST_ELEMENTS = 50_000
MOST_DEPTH = 200
MOST_COPIES = 10_000
"""Copies that nested <replicate> elements may make of their content."""
MOST_CELLS = 16 * 1024**2
"""Pixels of a texture, cells of a height field, points of a grid."""
MOST_PLACES = 20_000
"""Places where assets may be looked for: every folder with every file; a humanoid has some hundreds."""
GROWING = {"replicate", "composite", "flexcomp", "flex", "hfield", "texture", "size", "skin"}
"""Elements whose cost their text does not bound."""
ASSETS = {"mesh", "hfield", "texture", "skin", "flexcomp", "model"}


@dataclass
class Spent:
    """What a model and all that it attaches have taken so far."""

    elements: int = 0
    xml_bytes: int = 0
    files: int = 0
    places: int = 0


@dataclass
class Scan:
    """What a model's XML holds, its includes too."""

    kind: str = ""
    """Root element: 'mujoco' or 'robot' (URDF)."""
    files: list[Path] = field(default_factory=list)
    """XML files read, the model's own first."""
    grows: bool = False
    """Something in it may cost more than its text shows."""
    folders: set[str] = field(default_factory=lambda: {""})
    assets: set[str] = field(default_factory=set)
    """Folders and files that assets are read from, as written, but for '/' where MuJoCo takes a backslash for one."""
    models: set[str] = field(default_factory=set)
    """Those of the assets that are models to attach."""
    attached: list["Scan"] = field(default_factory=list)
    """Models that it attaches, and those that they attach."""
    is_attached: bool = False
    spent: Spent = field(default_factory=Spent)

    def places(self) -> Iterator[tuple[str, Path]]:
        """Where its assets may lie, with their names: MuJoCo seeks them from every file that is read."""
        homes = {file.resolve().parent for file in self.files}
        for home, folder, name in product(homes, self.folders, self.assets | {""}):
            yield str(Path(folder, name)), home / folder / name


def scan_model(path: Path) -> Scan:
    """Read a model's XML, what it includes and what it attaches; nothing of it is compiled.

    Raises:
        RobotError: not XML, entities, plugins, files outside the model's folder, or sizes beyond reason.
    """
    scan = Scan()
    outside, waiting, seen = path.resolve().parent.parent, [(path, scan)], {path.resolve()}
    found: dict[Path, int] = {}
    while waiting:
        file, model = waiting.pop()
        _scan_file(file, file.resolve().parent, model, [])
        if model.kind not in {"mujoco", "robot"}:
            raise RobotError(
                f"{file.name}: MuJoCo cannot load this model: its root is <{model.kind}>; <mujoco> (MJCF) or "
                "<robot> (URDF) would be right"
            )
        _check_places(file, model, outside, found)
        for place in _to_attach(model):
            if place not in seen:
                seen.add(place)
                scan.attached.append(Scan(is_attached=True, spent=scan.spent))
                waiting.append((place, scan.attached[-1]))
    scan.grows |= any(model.grows for model in scan.attached)
    return scan


def _to_attach(model: Scan) -> Iterator[Path]:
    """Files of the models that one attaches; compilers' folders do not count for them."""
    for home, name in product({file.resolve().parent for file in model.files}, model.models):
        if (home / name).is_file():
            yield (home / name).resolve()


def _check_places(path: Path, scan: Scan, outside: Path, found: dict[Path, int]) -> None:
    """Files lie in the model's folder or the one above it: `urdf/robot.urdf` beside `meshes/`."""
    homes = len({file.resolve().parent for file in scan.files})
    scan.spent.places += homes * len(scan.folders) * (len(scan.assets) + 1)
    if scan.spent.places > MOST_PLACES:
        raise RobotError(
            f"{path.name}: {len(scan.assets)} files may lie in {homes * len(scan.folders)} folders; at most "
            f"{MOST_PLACES} places are looked at: name one folder in <compiler>"
        )
    for name, place in scan.places():
        resolved = place.resolve()
        if not resolved.is_relative_to(outside):
            raise RobotError(f"{path.name}: refers to '{name[:120]}', outside the model's folder; put it inside")
        if resolved not in found and resolved.is_file():
            found[resolved] = resolved.stat().st_size
    if sum(found.values()) > MOST_ASSET_BYTES:
        raise RobotError(
            f"{path.name}: its meshes and images take more than {MOST_ASSET_BYTES >> 20} MB; simplify them"
        )


def _scan_file(path: Path, folder: Path, scan: Scan, chain: list[Path]) -> None:
    if path.resolve() in chain:
        raise RobotError(f"{path.name}: includes itself; an include must lead to an end")
    scan.spent.files += 1
    if scan.spent.files > MOST_FILES:
        raise RobotError(f"{path.name}: more than {MOST_FILES} files of XML; one file a part is right")
    scan.files.append(path)
    data = read_limited(path, MOST_XML_BYTES - scan.spent.xml_bytes)
    scan.spent.xml_bytes += len(data)
    reader = _Reader(path, folder, scan, [*chain, path.resolve()])
    try:
        reader.parse(data)
    except expat.ExpatError as error:
        reason = f"{expat.ErrorString(error.code)} in line {error.lineno}"
        raise RobotError(f"{path.name}: MuJoCo cannot load this model: not well-formed XML: {reason}") from error
    for file in reader.includes:
        _scan_file(file, folder, scan, [*chain, path.resolve()])


def read_limited(path: Path, most: int) -> bytes:
    """The bytes of a file that is not too large.

    Raises:
        RobotError: it cannot be read or is larger.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max(most, 0) + 1)
    except OSError as error:
        raise RobotError(f"{path.name}: MuJoCo cannot load this model: {path.name} cannot be read") from error
    if len(data) > most:
        raise RobotError(f"{path.name}: more than {MOST_XML_BYTES >> 20} MB of XML; a robot's model is far smaller")
    return data


class _Reader:
    """One file's elements, looked at as they come."""

    def __init__(self, path: Path, folder: Path, scan: Scan, chain: list[Path]):
        self.path, self.folder, self.scan = path, folder, scan
        self.includes: list[Path] = []
        self.is_top = len(chain) == 1
        self.copies: list[int] = []
        self.depth = 0

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(data, True)

    def _doctype(self, *_: object) -> None:
        raise RobotError(f"{self.path.name}: declares a DOCTYPE or entities; a robot's model needs none, remove them")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.scan.spent.elements += 1
        if not self.scan.kind and self.is_top:
            self.scan.kind = tag
        if self.scan.spent.elements > MOST_ELEMENTS or self.depth > MOST_DEPTH:
            raise RobotError(
                f"{self.path.name}: more than {MOST_ELEMENTS} elements, or more than {MOST_DEPTH} within each other; "
                "a robot's model has some hundreds"
            )
        if tag in {"extension", "plugin"} and self.scan.kind == "mujoco":
            raise RobotError(f"{self.path.name}: loads a plugin; plugins run programs and are refused, remove <{tag}>")
        if tag == "include":
            self.includes.append(self._inside(attributes.get("file", ""), self.folder))
        if tag in GROWING:
            self.scan.grows = True
            self._check_sizes(tag, attributes)
        if tag in ASSETS or tag == "compiler":
            self._note_places(tag, attributes)
        if tag == "replicate":
            self._replicate(attributes)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "replicate":
            self.copies.pop()

    def _replicate(self, attributes: dict[str, str]) -> None:
        self.copies.append(int(min(max(_number(attributes.get("count", "1")), 1), 1e9)))
        if math.prod(self.copies) > MOST_COPIES:
            raise RobotError(
                f"{self.path.name}: <replicate> makes {math.prod(self.copies)} copies; at most {MOST_COPIES} are right"
            )

    def _check_sizes(self, tag: str, attributes: dict[str, str]) -> None:
        cells = math.prod(max(_number(attributes.get(key, "1")), 1.0) for key in ("width", "height", "nrow", "ncol"))
        for word in attributes.get("count", "").split() if tag in {"composite", "flexcomp"} else ():
            cells *= max(_number(word), 1.0)
        if cells > MOST_CELLS:
            raise RobotError(f"{self.path.name}: <{tag}> of {cells:.3g} cells; at most {MOST_CELLS} are right")
        if tag == "size" and any(_number(value) > 1e7 for value in attributes.values()):
            raise RobotError(f"{self.path.name}: <size> asks for more memory than a robot needs; remove it")

    def _note_places(self, tag: str, attributes: dict[str, str]) -> None:
        self.scan.grows |= any(key.startswith("file") for key in attributes)
        for key, value in attributes.items():
            if key in {"meshdir", "texturedir", "assetdir"}:
                self.scan.folders.add(_slashed(value))
            elif key.startswith("file") and (self.scan.kind == "mujoco" or self.scan.is_attached):
                self.scan.assets.add(_slashed(value))
                self.scan.models |= {_slashed(value)} if tag == "model" else set()

    def _inside(self, value: str, folder: Path) -> Path:
        name = _slashed(value)
        here = (self.path.parent / name) if (self.path.parent / name).exists() else folder / name
        if not name or not here.resolve().is_relative_to(folder):
            raise RobotError(f"{self.path.name}: includes '{value[:120]}', outside the model's folder; put it inside")
        if not here.is_file():
            raise RobotError(f"{self.path.name}: MuJoCo cannot load this model: '{value[:120]}' is not a file")
        return here


def _slashed(name: str) -> str:
    """A file's name as MuJoCo takes it: a backslash is a '/', and a URDF's `package://` is nothing."""
    return name.replace("\\", "/").removeprefix("package://")


def _number(text: str) -> float:
    try:
        value = float(text.split("K")[0].split("M")[0]) if text.strip() else 1.0
    except ValueError:
        return math.inf if text.strip()[-1:] in "GTPE" else 1.0
    scale = {"K": 1e3, "M": 1e6}.get(text.strip()[-1:], 1.0)
    return value * scale if math.isfinite(value) else math.inf
