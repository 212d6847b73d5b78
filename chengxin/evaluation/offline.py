"""The two files that compute a score again without us: one HTML page and one Python file, each put together from the published parts."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

from chengxin import audit
from chengxin.evaluation.words import CODES

HERE = Path(__file__).parent
VERIFY = Path(audit.__file__).parent / "static" / "audit"
FUTURE = "from __future__ import annotations\n"
PYTHON_NAME, HTML_NAME = "recompute_score.py", "recompute.html"
HEAD = '''"""核验网店评分收据并重新计算评分 / Verify the receipt of a shop's score and compute the score again.

python3 recompute_score.py RECEIPT.json [--key HEX]      Python 3.9 or newer, nothing to install, no network.
Made of verify_chengxin.py and score.py of Chengxin, unchanged. Licence: Apache-2.0.
"""

from __future__ import annotations
'''
TAIL = """

def main() -> int:
    parser = argparse.ArgumentParser(description="核验并重新计算评分 / Verify and recompute a score")
    parser.add_argument("file")
    parser.add_argument("--key", help="可信公钥（十六进制） / the trusted public key in hex")
    given = parser.parse_args()
    with open(given.file, "rb") as file:
        data = file.read()
    verdict = verify(data, given.key)
    code = verdict["code"]
    if code == "good":
        document = json.loads(json.loads(data)["document"])
        code = check(document) if document.get("format") == FORMAT else "other"
    print("\\n".join(SCORE_TEXTS.get(code) or TEXTS[code]))
    if code != "good":
        return 1
    if given.key is None:
        print("\\n".join("%s %s" % (text, verdict["key"]) for text in TEXTS["unpinned"]))
    print(json.dumps(document["result"], ensure_ascii=False, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
"""


@cache
def python_file() -> str:
    """One Python file: the verifier, the score's definition, and a main of both."""
    verifier = (VERIFY / "verify_chengxin.py").read_text(encoding="utf-8")
    verifier = _body(verifier)[: _body(verifier).index("\ndef main() -> int:")]
    definition = _body((HERE / "score.py").read_text(encoding="utf-8"))
    texts = {code: [pair["zh"], pair["en"]] for code, pair in CODES.items()}
    return f"{HEAD}{verifier}\n{definition}\nSCORE_TEXTS = {texts!r}\n{TAIL}"


def _body(source: str) -> str:
    """What follows the docstring and the future import."""
    return source.partition(FUTURE)[2]


@cache
def html_page() -> str:
    """One HTML page with its scripts inside. Its own policy allows these scripts by hash and no network at all."""
    parts = (VERIFY / "verify.js", HERE / "static/evaluation/score.js", HERE / "static/evaluation/recompute_page.js")
    scripts = [path.read_text(encoding="utf-8") for path in parts]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts)
    if any(re.search(r"</script", one, re.IGNORECASE) for one in scripts):
        raise ValueError("a script would end the page's element")
    return render_to_string(
        "evaluation/offline.html", {"scripts": scripts, "policy": f"default-src 'none'; script-src {hashes}", "codes": CODES}
    )
