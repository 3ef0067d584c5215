"""Pictures with all metadata of cameras and programs. exiftool writes this metadata, and later reads it."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

CANARY = "Zorglub"
PLACE = ["-GPSLatitude=48.8534", "-GPSLatitudeRef=N", "-GPSLongitude=2.3488", "-GPSLongitudeRef=E"]
EXIF = [
    *PLACE,
    f"-Make={CANARY} Phones",
    f"-Model={CANARY} 12",
    f"-Artist={CANARY} Durand",
    f"-ImageDescription={CANARY} on the quay",
    "-DateTimeOriginal=2026:03:04 05:06:07",
    f"-XMP-dc:Creator={CANARY} Durand",
    f"-XMP-xmp:CreatorTool={CANARY} Studio",
]
JPEG_ONLY = [
    f"-IPTC:By-line={CANARY} Durand",
    f"-Comment={CANARY} was here",
    "-Photoshop:CopyrightFlag=1",
]
PNG_ONLY = [
    f"-PNG:Author={CANARY} Durand",
    f"-PNG:Comment={CANARY} was here",
    "-PNG:ModifyDate=2026:03:04 05:06:07",
]
# Tags about the file and the picture itself, such as its orientation.
HARMLESS = {"SourceFile", "ExifTool", "File", "Composite", "System"}


def picture(path: Path, orientation: int = 6, *options: Any) -> Path:
    """Write a picture in the format of its file name, with different corners and all kinds of metadata."""
    image = Image.new("RGB", (48, 32), (200, 30, 30))
    for corner, colour in (((0, 0), (0, 0, 255)), ((24, 0), (0, 255, 0)), ((0, 16), (255, 255, 0))):
        image.paste(colour, (*corner, corner[0] + 24, corner[1] + 16))
    image.save(path, **({"quality": 95} if path.suffix != ".png" else {}), icc_profile=_profile())
    more = {".jpg": JPEG_ONLY, ".png": PNG_ONLY}.get(path.suffix, [])
    _exiftool("-q", "-n", "-overwrite_original", f"-Orientation={orientation}", *EXIF, *more, *options, path)
    return path


def with_thumbnail(path: Path) -> Path:
    """Add a thumbnail, which editors often do not update, and a second picture after the first."""
    small = path.with_suffix(".thumb.jpg")
    Image.new("RGB", (16, 12), (1, 2, 3)).save(small, comment=CANARY.encode())
    _exiftool("-q", "-overwrite_original", f"-ThumbnailImage<={small}", path)
    path.write_bytes(path.read_bytes() + small.read_bytes())
    return path


def told(data: bytes, suffix: str, folder: Path) -> dict[str, Any]:
    """Return the metadata that exiftool finds, by group and tag."""
    path = folder / f"witness{suffix}"
    path.write_bytes(data)
    (found,) = json.loads(_exiftool("-json", "-G", "-a", "-u", "-ee", "-n", path))
    assert isinstance(found, dict)
    beside = {tag: value for tag, value in found.items() if tag.split(":")[0] not in HARMLESS}
    return beside | {tag: value for tag, value in found.items() if tag == "File:Comment"}


def upright(data: bytes) -> Image.Image:
    """Return the picture turned upright, as people see it."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def _profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return made.tobytes()


def _exiftool(*arguments: object) -> str:
    done = subprocess.run(
        ["exiftool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
