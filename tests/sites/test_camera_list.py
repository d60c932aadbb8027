"""Cameras out of a spreadsheet: good lines in, wrong ones told by line and column."""

import pytest

from sites.camera_list import MOST_LINES, read_camera_list

HEADER = "name,title,looks,login,lat,lon,owner,document,signed_on,expires_on,purposes\n"
GOOD = (
    "dock,南门仓库,rtsp://10.0.0.2/sub,dock,30.7,120.7,街道办,接入函1号,2026-01-01,"
    "2030-12-31,work_safety street_order\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_line_becomes_a_camera(encoding: str) -> None:
    """As a spreadsheet saves it, in either encoding of the country."""
    found = read_camera_list((HEADER + GOOD).encode(encoding))

    assert found.problems == ()
    assert found.cameras == {
        "dock": {
            "title": "南门仓库",
            "feed": {"kind": "url", "looks": "rtsp://10.0.0.2/sub", "login": "dock"},
            "position": {"lat": "30.7", "lon": "120.7"},
            "dossier": {
                "owner": "街道办",
                "purposes": ["work_safety", "street_order"],
                "access": {
                    "document": "接入函1号",
                    "signed_on": "2026-01-01",
                    "expires_on": "2030-12-31",
                },
            },
        }
    }


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        pytest.param("Dock 1,,rtsp://h/x", "name", "small letters", id="name"),
        pytest.param("taken,,rtsp://h/x", "name", "already", id="there is one"),
        pytest.param("a,,ftp://h/x", "looks", "address like", id="scheme"),
        pytest.param("a,,rtsp://u:p@h/x", "looks", "password", id="password"),
        pytest.param("a,,", "looks", "required", id="no address"),
        pytest.param("a", "", "number of columns", id="short"),
        pytest.param("a,b,c,d", "", "number of columns", id="long"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_go_on(
    line: str, column: str, told: str
) -> None:
    """Nothing is guessed; no password is repeated."""
    raw = f"name,title,looks\n{line}\nok,,rtsp://10.0.0.3/sub\n".encode()

    found = read_camera_list(raw, taken=["taken"])

    assert list(found.cameras) == ["ok"]
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, column)
    assert told in problem.message.lower()
    assert "u:p" not in problem.message


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00\x81\x20", id="no text"),
        pytest.param(b"name;looks\nx;y\n", id="semicolons"),
        pytest.param(b"name,looks,looks\na,b,c\n", id="twice"),
        pytest.param(b'name,looks\n"a,b\n', id="open quote"),
        pytest.param(b"\x00" * 100, id="zeros"),
    ],
)
def test_junk_is_told_and_never_crashes(raw: bytes) -> None:
    """Whatever somebody uploads."""
    found = read_camera_list(raw)

    assert found.cameras == {}
    assert found.problems


def test_too_many_lines_are_cut_and_told() -> None:
    """A list without end is no list."""
    lines = "".join(f"c{n},rtsp://10.0.0.2/{n}\n" for n in range(MOST_LINES + 5))

    found = read_camera_list(f"name,looks\n{lines}".encode())

    assert len(found.cameras) == MOST_LINES
    assert "at most" in found.problems[-1].message
