from __future__ import annotations

import pytest

from chengxin.kernel import vault
from chengxin.kernel.encryption import Unreadable


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


@pytest.mark.parametrize("name", ["../keys/ring", "a/b", "/etc/passwd", "", ".hidden", ".."])
def test_a_name_with_a_path_in_it_is_refused(name):
    with pytest.raises(ValueError, match="no name of a file"):
        vault.path_of("papers", name)


def test_a_file_comes_back_and_lies_encrypted_for_its_owner_alone(tmp_path):
    vault.keep("papers", "one", b"a decision")
    path = tmp_path / "papers" / "one"
    assert vault.read("papers", "one") == b"a decision" and b"decision" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["one"]
    vault.keep("papers", "one", b"shorter")
    assert vault.read("papers", "one") == b"shorter"


def test_a_file_in_anothers_place_or_none_does_not_open(tmp_path):
    vault.keep("papers", "one", b"1")
    vault.keep("papers", "two", b"2")
    (tmp_path / "papers" / "two").write_bytes((tmp_path / "papers" / "one").read_bytes())
    for name in ("two", "three"):
        with pytest.raises(Unreadable):
            vault.read("papers", name)
