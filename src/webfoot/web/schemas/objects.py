"""Motions and robots: what is sent, what is asked, and what is told."""

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask.fields import UploadFile
from pydantic import AfterValidator, BaseModel, Field, model_validator

from webfoot.motion.formats.columns import ColumnMap
from webfoot.web.schemas.base import Model, Page, PageQuery


def _plain(name: str) -> str:
    if name and not (name.isprintable() and name.strip()):
        raise ValueError("a name is one line of letters that can be seen")
    return name.strip()


Name = Annotated[str, Field(max_length=120), AfterValidator(_plain)]


class _Form(BaseModel, frozen=True, extra="forbid"):
    """What all uploads have in common. Fields that a page leaves empty are as if they were not there."""

    files: list[UploadFile] | None = Field(default=None, description="One file, several, or a zip.")
    name: Name = Field(default="", description="Empty: as the file is called.")
    csrf_token: str = Field(default="", max_length=2000, description="Of a form in a page.")

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: Any) -> Any:
        return {name: value for name, value in values.items() if value not in ("", None)}

    def sent(self) -> list[UploadFile]:
        """The files; a form in which none was chosen sends one without a name."""
        return [file for file in self.files or [] if file.filename]


class MotionForm(ColumnMap, _Form, frozen=True, extra="forbid"):
    """A motion to be taken: .bvh, .csv, .json, .npy, .npz, .pkl, .txt, or a zip of them."""

    robot: str = Field(
        default="", max_length=256, description="A bundled robot, or robot:ID[@N], that it is inspected for."
    )
    library: bool = Field(default=False, description="Several files are one library, not one motion each.")

    def columns(self) -> ColumnMap:
        """What is said of the columns."""
        said = self.model_dump(include=set(ColumnMap.model_fields), exclude_unset=True)
        return ColumnMap.model_validate(said)


class RobotForm(_Form, frozen=True, extra="forbid"):
    """A robot to be taken: a zip with an MJCF or URDF and its meshes."""

    model: str = Field(
        default="", max_length=256, description="Which file is the model; needed only where there are several."
    )


class VersionOut(Model):
    """One content."""

    number: int
    sha256: str
    filename: str
    size: int
    usable: bool
    created_at: datetime
    model: str | None = Field(default=None, description="Of a robot: its model file.")


class ObjectOut(Model):
    """A motion or a robot in a list."""

    id: int
    kind: str
    name: str
    owner_id: int
    owner_name: str
    created_at: datetime
    deleted_at: datetime | None
    version_count: int
    latest: VersionOut


class ObjectDetail(ObjectOut):
    """A motion or a robot, whole."""

    versions: list[VersionOut]
    report: dict[str, Any] = Field(description="What the inspection said of the latest version.")


class NotKept(Model):
    """A file of an upload that is not kept while others are."""

    file: str
    reason: str


class UploadedOut(ObjectOut):
    """What one thing of an upload became."""

    is_new: bool = Field(description="False: you have this already, and it is what you have.")


class ObjectList(Model):
    """What came of an upload."""

    items: list[UploadedOut]
    not_kept: list[NotKept] = Field(description="Files that cannot be used, each with one sentence that says why.")


class VersionMade(VersionOut):
    """What came of an upload of another content."""

    not_kept: list[NotKept] = Field(description="As of `ObjectList`.")


class ObjectQuery(PageQuery):
    """Which motions or robots."""

    sort: Literal["newest", "oldest", "name"] = "newest"
    mine: bool = Field(default=False, description="Only those of who asks.")
    deleted: bool = Field(default=False, description="Those that were deleted and can be restored.")


class ObjectPage(Page):
    """A part of the motions or robots."""

    items: list[ObjectOut]


class ObjectChange(Model):
    """What can be changed."""

    name: Annotated[Name, Field(min_length=1)]


class DeleteQuery(Model):
    """How it is deleted."""

    for_good: bool = Field(default=False, description="Not to be restored; only where no session was trained with it.")


class BundledMotion(Model):
    """A motion that comes with the program."""

    name: str
    robot: str
    command: tuple[float, float, float] = Field(description="vx, vy [m/s], wz [rad/s].")


class BundledMotions(Model):
    """The motions that come with the program."""

    items: list[BundledMotion]


class BundledRobot(Model):
    """A robot that comes with the program."""

    name: str
    motions: list[str]


class BundledRobots(Model):
    """The robots that come with the program."""

    items: list[BundledRobot]
