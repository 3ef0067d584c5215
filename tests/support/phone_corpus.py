"""Films, sound and pictures as phones and programs write them, made by ffmpeg, heif-enc and exiftool."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from inbox.files.media import clean
from inbox.files.media.patches import patched

PLANTED = "Zorglub"
_PICTURE_ENDINGS = {".heic", ".avif"}
_PICTURE = ("-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=1")
_SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate={rate}")
_NOTES = [
    *(
        "-metadata",
        f"title={PLANTED}",
        "-metadata",
        f"comment={PLANTED}",
        "-metadata",
        "location=+48.85+002.34/",
    ),
    *("-metadata", "creation_time=2026-03-04T05:06:07Z", "-metadata:s", f"handler_name={PLANTED}"),
    *("-metadata", f"com.apple.quicktime.model={PLANTED}", "-metadata:s", "language=fra"),
]
_RATE = "vbv-maxrate=200:vbv-bufsize=200"
# For each file: the rate of its sound or 0, whether it has pictures, and options of ffmpeg.
_FILMS: Mapping[str, tuple[int, bool, str]] = {
    "h264-aac.mp4": (8_000, True, "-c:v libx264 -c:a aac"),
    "faststart.mp4": (8_000, True, "-c:v libx264 -c:a aac -movflags +faststart"),
    "hevc-aac.mov": (8_000, True, "-c:v libx265 -x265-params log-level=0 -tag:v hvc1 -c:a aac"),
    "keys.mov": (8_000, True, "-c:v libx264 -c:a pcm_s16le -movflags use_metadata_tags"),
    "interlaced.mov": (8_000, True, f"-c:v libx264 -flags +ilme -x264-params nal-hrd=vbr:{_RATE} -c:a alac"),
    "constant.mp4": (0, True, f"-c:v libx264 -x264-params nal-hrd=cbr:bitrate=200:{_RATE}:filler=1"),
    "timecode.mov": (0, True, "-c:v libx264 -timecode 05:06:07:08"),
    "prores.mov": (48_000, True, "-c:v prores_ks -c:a pcm_s24be"),
    "mpeg4.3gp": (8_000, True, "-c:v mpeg4 -c:a aac -f 3gp"),
    "h263.3gp": (8_000, True, "-s 128x96 -c:v h263 -c:a aac -f 3gp"),
    "aac.m4a": (8_000, False, "-c:a aac"),
    "alac.m4a": (8_000, False, "-c:a alac"),
    "flac.mp4": (48_000, False, "-c:a flac -strict -2"),
    "opus.mp4": (48_000, False, "-c:a libopus"),
    "ac3.mp4": (48_000, True, "-c:v libx264 -c:a ac3"),
    "eac3.mp4": (48_000, False, "-c:a eac3"),
    "mp3.mp4": (48_000, False, "-c:a libmp3lame"),
    "av1.mp4": (0, True, "-c:v libsvtav1 -svtav1-params tune=0"),
    "vp9.mp4": (0, True, "-c:v libvpx-vp9"),
}  # fmt: skip
# What ffmpeg adds to a film that exists: its options, and the name of the film.
_CHANGED: Mapping[str, tuple[str, str]] = {
    "cut.mp4": ("h264-aac.mp4", "-ss 0.55 -c copy"),
    "sounds.mp4": ("h264-aac.mp4", "-map 0 -map 0:a -c copy"),
    "turned.mp4": ("h264-aac.mp4", "-c copy"),
}
_TURNED = ("-display_rotation", "90")
# Pictures: options of heif-enc.
_PICTURES: Mapping[str, str] = {
    "plain.heic": "",
    "preview.heic": "-t 32",
    "plain.avif": "-A",
    "several.heic": "again",
    "tiles.heic": "--cut-tiles 64",
    "tiles.avif": "-A --cut-tiles 64",
    "series.heic": "-S",
    "series.avif": "-A -S",
}


def films(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Make films and sound with notes: those with these names, or all."""
    for name, (rate, is_film, options) in _FILMS.items():
        if names and name not in names:
            continue
        inputs = [*(_PICTURE if is_film else ()), *(each.format(rate=rate) for each in _SOUND if rate)]
        _ffmpeg(*inputs, *_NOTES, *options.split(), folder / name)
    if names:
        return [folder / name for name in names]
    for name, (original, options) in _CHANGED.items():
        turned = _TURNED if name == "turned.mp4" else ()
        _ffmpeg(*turned, "-i", folder / original, *_NOTES, *options.split(), folder / name)
    return [folder / name for name in (*_FILMS, *_CHANGED)]


def long_film(folder: Path, most: int) -> Path:
    """Make a film of almost this many bytes, with notes: eight seconds of noise, again and again."""
    noise, path = folder / "noise.mp4", folder / "long.mp4"
    _ffmpeg(
        *("-f", "lavfi", "-i", "nullsrc=size=480x270:rate=25:duration=8,geq=random(1)*255:128:128"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=8", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-qp", "20", "-c:a", "aac", noise),
    )
    times = (most - (4 << 20)) // noise.stat().st_size
    _ffmpeg("-stream_loop", str(times - 1), "-i", noise, "-c", "copy", *_NOTES, path)
    return path


def pictures(folder: Path) -> list[Path]:
    """Make HEIC and AVIF pictures of a picture with transparency and Exif data."""
    source = folder / "source.png"
    _ffmpeg(
        *_PICTURE[:3], "testsrc=size=96x64,format=rgba,colorchannelmixer=aa=0.5", "-frames:v", "1", source
    )
    _name(source)
    for name, options in _PICTURES.items():
        again = [source] if options == "again" else []
        words = [] if again else options.split()
        _run("heif-enc", *words, source, *again, "-o", folder / name)
        if "--cut-tiles" in words:
            _name(folder / name)  # heif-enc leaves out the notes of a picture that it cuts.
    return [folder / name for name in _PICTURES]


def _name(picture: Path) -> None:
    _run("exiftool", "-q", "-overwrite_original", f"-EXIF:Make={PLANTED}", f"-XMP:Creator={PLANTED}", picture)


def decoded(path: Path) -> str:
    """Return hashes of all pictures and sound, as ffmpeg decodes them, or all pixels, as libheif does."""
    if path.suffix in _PICTURE_ENDINGS:
        _run("heif-dec", path, path.with_suffix(f"{path.suffix}.y4m"))
        return "".join(each.read_bytes().hex() for each in sorted(path.parent.glob(f"{path.name}*.y4m")))
    made = _run("ffmpeg", "-v", "error", "-i", path, "-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-")
    return "\n".join(line for line in made.splitlines() if not line.startswith("#"))


def cleaned(path: Path, folder: Path) -> Path:
    """Write the cleaned file with the same name into a folder. Raises Malformed."""
    with path.open("rb") as file:
        plan = clean.plan(file)
        file.seek(0)
        made = folder / path.name
        made.write_bytes(b"".join(patched(iter(lambda: file.read(1 << 16), b""), plan.patches)))
    return made


# Facts about the file on the disk, where its parts are, and empty boxes.
_ABOUT = ("SourceFile", "ExifTool:", "System:", "File:", "Composite:")
_PLACES = (
    "MediaDataOffset",
    "MediaDataSize",
    "MediaData",
    "Wide",
    "Free",
    "Unknown_free",
    "Warning",
    "AvgBitrate",
)


def told(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield all that exiftool finds in each file, by group and tag, without facts about the file itself."""
    words = ["exiftool", "-j", "-n", "-a", "-ee", "-U", "-G1", "-api", "struct=1", *map(str, paths)]
    made = subprocess.run(words, check=False, capture_output=True, text=True)
    for found in json.loads(made.stdout):
        yield {
            tag: value
            for tag, value in found.items()
            if not tag.startswith(_ABOUT) and tag.split(":")[-1] not in _PLACES
        }


# Facts about the file on the disk and its parts, and addresses of pages about codecs.
_FILE_FACTS = re.compile(
    r"File|Folder|Complete|Header|Data|Footer|(?:Source_)?Stream(?:Size|Order|Kind)|IsStreamable|OverallBitRate|.*_Url$"
)


def told_by_others(paths: Sequence[Path]) -> list[dict[str, str]]:
    """Return all that mediainfo finds in films and sound, and exiv2 in the notes of pictures."""
    films = [path for path in paths if path.suffix not in _PICTURE_ENDINGS]
    told_by_mediainfo = dict(zip(films, _told_by_mediainfo(films), strict=True)) if films else {}
    return [told_by_mediainfo.get(path) or _told_by_exiv2(path) for path in paths]


def _told_by_mediainfo(paths: Sequence[Path]) -> list[dict[str, str]]:
    found = json.loads(_run("mediainfo", "--Full", "--Output=JSON", *paths))
    media = {
        each["media"]["@ref"]: each["media"]["track"]
        for each in (found if isinstance(found, list) else [found])
    }
    return [
        {
            f"{number}:{tag}": str(value)
            for number, track in enumerate(media[str(path)])
            for tag, value in track.items()
            if not _FILE_FACTS.match(tag)
        }
        for path in paths
    ]


def _told_by_exiv2(path: Path) -> dict[str, str]:
    """Under "errors" is what exiv2 says of a file or of notes that are unsound."""
    made = subprocess.run(["exiv2", "-Pkv", "pr", path], check=False, capture_output=True, text=True)
    notes = dict(line.split(maxsplit=1) for line in made.stdout.splitlines() if " " in line.strip())
    return notes | ({"errors": made.stderr} if made.stderr else {})


# Groups of tags that exiftool writes into films and sound, and into pictures.
FILM_GROUPS = ("ItemList", "UserData", "Keys", "AudioKeys", "VideoKeys", "Microsoft", "XMP-dc", "XMP-xmp")
PICTURE_GROUPS = ("EXIF", "GPS", "XMP-dc", "XMP-xmp", "XMP-exif", "XMP-tiff", "XMP-photoshop", "XMP-iptcCore")
# Values of a tag. Of those that a tag can have, the last one is written.
_VALUES = ("2026:03:04 05:06:07", "4711", PLANTED)


def tags(groups: Sequence[str]) -> list[str]:
    """Return the tags of groups that exiftool can write, each with its group."""
    words = [word for group in groups for word in ("-listw", f"-{group}:all", "-execute")]
    lists = _run("exiftool", *words[:-1]).split("Writable ")[1:]
    return [
        f"{group}:{tag}"
        for group, made in zip(groups, lists, strict=True)
        for tag in made.partition(":")[2].split()
    ]


def tagged(base: Path, folder: Path, asked: Iterable[Sequence[str]]) -> list[Path]:
    """Write a copy of a file for each list of tags, and return the copies that exiftool could write."""
    made = []
    words: list[str | Path] = []
    for number, each in enumerate(asked):
        path = folder / f"{base.stem}-{number}{base.suffix}"
        words += ["-q", "-m", *(f"-{tag}={value}" for tag in each for value in _VALUES)]
        words += ["-o", path, base, "-execute"]
        made.append(path)
    arguments = folder / "arguments"
    arguments.write_text("\n".join(map(str, words[:-1])), "utf-8")
    subprocess.run(["exiftool", "-@", arguments], check=False, capture_output=True)
    return [path for path in made if path.exists()]


def _ffmpeg(*words: str | Path) -> None:
    _run("ffmpeg", "-v", "error", "-y", *words)


def _run(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
