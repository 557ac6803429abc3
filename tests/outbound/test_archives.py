"""Archives that lie, swell, overlap, point elsewhere or break off: told by code, and never more than the limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from registry.outbound.archives import everything, unpack
from registry.ports.archives import ArchiveLimits, Member, Spoiling, Spoilt
from tests.effort import BOUND, unit_seconds

SMALL = ArchiveLimits(members=100, member_bytes=3_000_000, total_bytes=8_000_000, seconds=60.0)
FILES = {"a.json": b'{"a": 1}', "folder/b.json": b'{"b": 2}' * 100}


def _taken(
    body: bytes, limits: ArchiveLimits = SMALL, name: str = "source.bin", wanted: Callable[[str], bool] = everything
) -> list[Member | Spoilt]:
    return list(unpack(io.BytesIO(body), name, limits, wanted=wanted))


def _codes(found: Sequence[Member | Spoilt]) -> list[tuple[str, str]]:
    return [(one.name, one.code if isinstance(one, Spoilt) else "") for one in found]


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return made.getvalue()


def _tar(files: Mapping[str, bytes], mode: str = "w", layout: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, format=layout) as archive:  # type: ignore[call-overload]  # any mode
        for name, body in files.items():
            one = tarfile.TarInfo(name)
            one.size = len(body)
            archive.addfile(one, io.BytesIO(body))
    return made.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        _zip(FILES),
        _zip(FILES, zipfile.ZIP_STORED),
        _zip(FILES, zipfile.ZIP_BZIP2),
        _tar(FILES),
        _tar(FILES, layout=tarfile.GNU_FORMAT),
        _tar(FILES, layout=tarfile.USTAR_FORMAT),
        _tar(FILES, "w:gz"),
        _tar(FILES, "w:bz2"),
        _tar(FILES, "w:xz"),
    ],
    ids=["zip", "stored", "zip bzip2", "pax", "gnu", "ustar", "tar.gz", "tar.bz2", "tar.xz"],
)
def test_every_member_comes_out_whatever_the_archive_is_called(body: bytes) -> None:
    found = _taken(body, name="records.json")

    assert [Member(name, content) for name, content in FILES.items()] == found


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_one_document_by_its_name_without_the_ending(pack: Callable[[bytes], bytes]) -> None:
    body = b"id,title\n" * 1000

    assert [Member("table.csv", body + body)] == _taken(pack(body) + pack(body), name="table.csv.gz")


def test_what_is_no_archive_is_the_document_itself() -> None:
    texts = [b"", b"BZhello, a text", b"PK is no zip", b'{"a": 1}', b"ustar"]

    assert [[Member("x", one)] for one in texts] == [_taken(one, name="x") for one in texts]


def test_an_office_file_is_a_document() -> None:
    body = _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})

    assert [Member("table.xlsx", body)] == _taken(body, name="table.xlsx")
    assert [Member("in/table.xlsx", body)] == _taken(_zip({"in/table.xlsx": body}))


def test_long_and_foreign_names_are_read() -> None:
    names = ["a" * 90 + "/" + "b" * 150 + ".json", "données/été.json", "记录.json"]
    files = {name: name.encode() for name in names}
    archives = [_zip(files), _tar(files), _tar(files, layout=tarfile.GNU_FORMAT)]

    assert [[(name, "") for name in names]] * 3 == [_codes(_taken(one)) for one in archives]


def test_only_wanted_members_are_read_and_what_systems_add_is_left_out() -> None:
    body = _zip({"a.json": b"1", "b.png": b"2", "__MACOSX/a.json": b"3", "x/._a.json": b"4", "x/.DS_Store": b"5"})

    assert [Member("a.json", b"1")] == _taken(body, wanted=lambda name: not name.endswith(".png"))


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../a", "a/../../b", "C:\\a", "\\\\host\\a", "a//b", "a/./b", "a\nb", "a\u202egpj", "a\u200bb",
     "b" * 301, " a", "a /b", "\ud800"],
)  # fmt: skip
def test_a_name_that_no_document_has_is_refused_and_the_others_are_read(name: str) -> None:
    files = {name: b"evil", "good.json": b"good"}
    taped = _tar({name.encode("utf-8", "surrogatepass").decode("latin-1"): b"evil", "good.json": b"good"}, layout=1)
    archives = [_renamed_zip(files), taped if name.isascii() else _tar({"good.json": b"good"})]

    for body in archives:
        found = _taken(body)
        assert Member("good.json", b"good") in found
        assert not [one for one in found if isinstance(one, Member) and one.name != "good.json"]
    assert {Spoiling.BAD_NAME} == {one.code for one in _taken(archives[0]) if isinstance(one, Spoilt)}


def _renamed_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip with names that ``zipfile`` would not write."""
    local, directory = b"", b""
    for name, body in files.items():
        raw = name.encode("utf-8", "surrogatepass")
        common = struct.pack("<5H3L2H", 20, 0x800, 0, 0, 0, zlib.crc32(body), len(body), len(body), len(raw), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2L", 0, 0, 0, 0, len(local)) + raw
        local += b"PK\x03\x04" + common + raw + body
    count = len(files)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def test_nothing_of_a_name_with_nul_is_shown() -> None:
    body = _zip({"a_b.json": b"1"}).replace(b"a_b.json", b"a\0b.json")

    assert [("source.bin: member 1", "BAD_NAME")] == _codes(_taken(body))


def test_members_of_one_name_are_told_apart() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in ("a.json", "A.json", "\uff41.json", "a.json"):
            one = tarfile.TarInfo(name)
            one.size = 1
            archive.addfile(one, io.BytesIO(b"1"))

    assert ["a.json", "A.json#2", "\uff41.json#3", "a.json#4"] == [one.name for one in _taken(made.getvalue())]


def test_links_devices_and_files_with_holes_are_no_documents() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for sort in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE):
            one = tarfile.TarInfo(f"{sort.decode()}.json")
            one.type, one.linkname = sort, "/etc/passwd"
            archive.addfile(one)
        archive.addfile(tarfile.TarInfo("good.json"))
    linking = zipfile.ZipInfo("link.json")
    linking.create_system, linking.external_attr = 3, 0o120777 << 16
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive_:
        archive_.writestr(linking, "/etc/passwd")

    codes = _codes(_taken(made.getvalue()))

    assert [(f"{one}.json", "NOT_A_FILE") for one in "2136S"] + [("good.json", "")] == codes
    assert [("link.json", "NOT_A_FILE")] == _codes(_taken(zipped.getvalue()))


def test_a_sparse_file_of_the_new_sort_that_says_a_terabyte_is_none() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        one = tarfile.TarInfo("huge.json")
        one.pax_headers = {"GNU.sparse.realsize": str(10**12), "GNU.sparse.major": "1"}
        archive.addfile(one)
        archive.addfile(tarfile.TarInfo("good.json"))

    assert [("huge.json", "NOT_A_FILE"), ("good.json", "")] == _codes(_taken(made.getvalue()))


def test_an_encrypted_member_and_one_in_an_unknown_way_lose_no_other() -> None:
    body = bytearray(_zip(FILES | {"c.json": b"c"}))
    first, second = (body.index(b"PK\x01\x02"), body.index(b"PK\x01\x02", body.index(b"PK\x01\x02") + 4))
    body[first + 8] |= 1
    body[second + 10 : second + 12] = struct.pack("<H", 99)

    codes = _codes(_taken(bytes(body)))

    assert [("a.json", "ENCRYPTED"), ("folder/b.json", "UNKNOWN_METHOD"), ("c.json", "")] == codes


def test_a_damaged_member_loses_no_other() -> None:
    body = bytearray(_zip({"a.json": bytes(range(256)) * 10, "b.json": b"b"}, zipfile.ZIP_STORED))
    body[100] ^= 0xFF

    assert [("a.json", "DAMAGED"), ("b.json", "")] == _codes(_taken(bytes(body)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(("offset", "what"), [(24, "size"), (20, "packed"), (16, "crc"), (42, "place")])
def test_a_directory_that_lies_is_not_believed(method: int, offset: int, what: str) -> None:
    body = bytearray(_zip({"a.json": b"a" * 500, "b.json": b"b" * 500}, method))
    at = body.index(b"PK\x01\x02")
    body[at + offset] ^= 0x11

    codes = _codes(_taken(bytes(body)))

    assert "DAMAGED" == codes[0][1], what
    assert "b.json" == codes[1][0]


@pytest.mark.parametrize("body", [_zip(FILES), _tar(FILES), _tar(FILES, "w:gz"), _tar(FILES, "w:xz")])
def test_an_archive_that_breaks_off_says_so(body: bytes) -> None:
    # A plain tar ends in zeros of no matter.
    for length in range(600, len(body.rstrip(b"\0")) - 1, 97):
        found = _taken(body[:length])
        assert [one for one in found if isinstance(one, Spoilt)], length


def test_archives_that_nobody_reads_are_told() -> None:
    starts = [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00", b"\x28\xb5\x2f\xfd", b"\x1f\x9d\x90", b"PK\x07\x08PK"]

    assert [[Spoilt("x", Spoiling.UNKNOWN_METHOD)]] * 5 == [_taken(one + bytes(100), name="x") for one in starts]


def test_an_archive_within_an_archive_is_taken_apart_once_if_wanted() -> None:
    innermost = _zip({"deep.json": b"deep"})
    body = _tar({"in.zip": _zip({"a.json": b"1", "inner.zip": innermost}), "in.gz": gzip.compress(b"2"), "b": b"3"})
    nested = ArchiveLimits(nested=True)

    flat = [("in.zip", "NESTED_ARCHIVE"), ("in.gz", "NESTED_ARCHIVE"), ("b", "")]
    deep = [("in.zip/a.json", ""), ("in.zip/inner.zip", "NESTED_ARCHIVE"), ("in", ""), ("b", "")]
    assert flat == _codes(_taken(body))
    assert deep == [(name.replace("in.gz/", ""), code) for name, code in _codes(_taken(body, nested))]


def _overlapped(count: int, kernel: int) -> bytes:
    """Many members that all are the same packed bytes, as in the bomb of D. Fifield."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(kernel)) + packer.flush()
    common = struct.pack("<5H3L2H", 20, 0, 8, 0, 0, zlib.crc32(bytes(kernel)), len(packed), kernel, 1, 0)
    local = b"PK\x03\x04" + common + b"a" + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2L", 0, 0, 0, 0, 0) + b"a"
    directory = entry * count
    return local + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)


def _zeros(pack: str, size: int) -> bytes:
    if pack == "gz":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(10_000_000)
    pieces = size // len(piece)
    if pack == "gz":
        return b"".join([packer.compress(piece) for _ in range(pieces)]) + packer.flush()
    other = bz2.BZ2Compressor() if pack == "bz2" else lzma.LZMACompressor(preset=0)
    return b"".join([other.compress(piece) for _ in range(pieces)]) + other.flush()


def _bombs() -> Iterator[tuple[str, Callable[[], bytes], set[str]]]:
    """Each by its name: what packs it, and what it may be called."""
    yield "gzip of zeros", lambda: _zeros("gz", 50_000_000), {"TOO_PACKED", "TOO_LARGE"}
    yield "bzip2 of zeros", lambda: _zeros("bz2", 50_000_000), {"TOO_PACKED", "TOO_LARGE"}
    yield "xz of zeros", lambda: _zeros("xz", 50_000_000), {"TOO_PACKED", "TOO_LARGE"}
    yield "zip of zeros", lambda: _zip({"a": bytes(50_000_000)}), {"TOO_LARGE"}
    yield "zip of less", lambda: _zip({"a": bytes(2_900_000)}), {"TOO_PACKED"}
    yield "overlapping", lambda: _overlapped(90, 900_000), {"OVERLAPPING"}
    yield "many members", lambda: _overlapped(50_000, 100), {"TOO_MANY_MEMBERS"}
    inner = _zip({f"{at}.zip": b"PK\x03\x04" + bytes(99) for at in range(8)})
    yield "42.zip", lambda: _zip({f"{at}.zip": inner for at in range(8)}), {"NESTED_ARCHIVE"}
    yield "quine of streams", lambda: gzip.compress(b"") * 30_000, {"TOO_MANY_MEMBERS"}
    yield "long pax header", lambda: _tar_header(b"x", 10**9), {"DAMAGED"}
    yield "long name", lambda: _tar_header(b"L", 10**9), {"DAMAGED"}
    yield "huge member", lambda: _tar_header(b"0", 10**10), {"TOO_LARGE", "DAMAGED"}
    yield "negative", lambda: _tar_header(b"0", -1), {"DAMAGED"}
    yield "xz that wants memory", _greedy_xz, {"DAMAGED"}


def _tar_header(sort: bytes, size: int) -> bytes:
    header = bytearray(tarfile.TarInfo("a").tobuf(tarfile.GNU_FORMAT))
    header[156:157] = sort
    header[124:136] = b"\x80" + size.to_bytes(11, "big") if size >= 0 else b"\xff" * 12
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(4096)


def _greedy_xz() -> bytes:
    chain = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    body = bytearray(lzma.compress(b"a", filters=chain))
    # The size of the dictionary stands in the block header behind the filter's id and length: 1 GiB and more.
    at = body.index(b"\x21\x01") + 2
    body[at] = 38
    body[at + 4 : at + 8] = struct.pack("<L", zlib.crc32(bytes(body[12 : at + 4])))
    return bytes(body)


@pytest.mark.parametrize(("pack", "codes"), [pytest.param(pack, codes, id=name) for name, pack, codes in _bombs()])
def test_a_bomb_is_left_at_the_limits_and_told(pack: Callable[[], bytes], codes: set[str]) -> None:
    body = pack()
    tracemalloc.start()
    began = time.monotonic()

    found = _taken(body)

    spent, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {one.code for one in found if isinstance(one, Spoilt)} <= codes
    assert [one for one in found if isinstance(one, Spoilt)]
    assert sum(len(one.body) for one in found if isinstance(one, Member)) <= SMALL.total_bytes
    assert peak < 40_000_000
    assert spent < SMALL.seconds


def test_what_takes_too_long_is_left() -> None:
    found = _taken(_tar(FILES, "w:gz"), ArchiveLimits(seconds=0.0))

    assert [Spoilt("source.bin", Spoiling.TOO_SLOW)] == found


def test_all_members_together_stay_below_the_limit() -> None:
    body = _zip({f"{at}.bin": random.Random(at).randbytes(1_000_000) for at in range(12)})

    codes = _codes(_taken(body))

    assert 8 == sum(not code for _, code in codes)
    assert ("source.bin", "TOO_LARGE") == codes[-1]


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 300), pytest.param(2, 10_000, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_no_mutated_archive_raises_or_takes_long(seed: int, count: int) -> None:
    chance = random.Random(seed)
    bodies = (_zip(FILES), _tar(FILES), _tar(FILES, "w:gz"), _tar(FILES, "w:xz"), bz2.compress(b"a" * 999))
    most = 0.0
    for at in range(count):
        mutant = bytearray(bodies[at % len(bodies)])
        for _ in range(chance.randint(1, 8)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)

        began = time.process_time()
        found = _taken(bytes(mutant[: chance.randint(1, len(mutant))]), ArchiveLimits(nested=True))
        most = max(most, time.process_time() - began)

        assert all(one.name and one.name.isprintable() for one in found)
    assert most / unit_seconds() < BOUND
