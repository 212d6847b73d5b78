"""What the documents promise is checked: commands parse, links lead somewhere, settings are listed, both READMEs say the same."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("chengxin/**/README.md"), *ROOT.glob("bench/**/README.md")])
pytestmark = pytest.mark.one_database


def commands(page: Path) -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_page_is_one_we_have(page: Path) -> None:
    from chengxin.cli import parser
    from chengxin.detection.local import command

    for words in commands(page):
        if words[0] == "chengxin":
            parser().parse_args(words[1:])
        elif words[0] == "chengxin-local":
            command.parser().parse_args(words[1:])
        elif words[:2] == ["python3", "dev.py"]:
            sys.path.insert(0, str(ROOT))
            import dev

            assert words[2] in dev.COMMANDS
        elif words[0] in ("python", "python3") and words[1] != "-m":
            assert (ROOT / words[1]).exists(), f"{words[1]} does not exist"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "chengxin/settings.py").read_text()))
    read |= {"CHENGXIN_SECRET_KEY"}  # read by name in kept_secret
    told = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/operate/settings.md").read_text(), re.M))
    assert read == told


def test_the_two_readmes_show_the_same_commands() -> None:
    assert commands(ROOT / "README.md") == commands(ROOT / "README.zh.md")


def test_help_is_immediate_and_imports_no_engine() -> None:
    heavy = "[name for name in ('django', 'numba', 'duckdb') if name in sys.modules]"
    code = f"import sys; from chengxin.cli import parser; parser().format_help(); print({heavy})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"
