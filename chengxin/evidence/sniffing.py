"""What a file is by its first bytes, and that an archive (docx, xlsx, zip) is not a trap; archives are opened in the jail only."""

from __future__ import annotations

import zipfile

from chengxin.evidence.errors import TypeUnlike
from chengxin.kernel import jail

STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1f\x8b", "application/gzip"),
)
# What a file may be said to be, once its first bytes are known.
SAID: dict[str, tuple[str, ...]] = {
    "application/zip": ("application/zip", "application/x-zip-compressed", "application/vnd.openxmlformats-officedocument"),
    "application/gzip": ("application/gzip", "application/x-gzip", "application/warc"),
    "video/mp4": ("video/mp4", "video/quicktime", "audio/mp4", "audio/x-m4a", "image/heic", "image/heif"),
    "text/plain": ("text/", "application/json", "application/xml", "message/rfc822"),
}
ANYTHING = ("application/octet-stream", "")
MOST_INSIDE = 512 * 1024 * 1024
MOST_MEMBERS = 10_000


def kind_of(data: bytes) -> str:
    """The media type by the first bytes; text when it is text, else application/octet-stream."""
    for at, start, kind in STARTS:
        if data[at : at + len(start)] == start:
            return kind
    return "text/plain" if _is_text(data[:4096]) else "application/octet-stream"


def _is_text(start: bytes) -> bool:
    if b"\0" in start:
        return False
    for name in ("utf-8", "gb18030"):
        try:
            start[: len(start) - len(start) % 4 or None].decode(name, "strict" if len(start) < 4096 else "ignore")
        except UnicodeDecodeError:
            continue
        return True
    return False


def check(data: bytes, stated: str) -> str:
    """The type to keep a file under. Raises TypeUnlike when it is not what it is said to be, FileTooHard for a trap of an archive."""
    found, said = kind_of(data), stated.split(";", maxsplit=1)[0].strip().lower()
    if found == "application/zip":
        jail.run("chengxin.evidence.sniffing:opened", data)
    if said in ANYTHING:
        return found
    if not said.startswith(SAID.get(found, (found,))):
        raise TypeUnlike(stated=said, found=found)
    return said


def opened(path: str) -> int:
    """The entry of the jail: how many members an archive has. FileTooHard when it holds too much."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_INSIDE:
            raise jail.too_hard("size")
        return len(members)
