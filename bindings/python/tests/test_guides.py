"""The code of the guides is true: it runs, block after block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: Pages that have a test of their own, with what they need beside them.
_ELSEWHERE = {"web.md"}
PAGES = sorted(page for page in DOCS.glob("*.md") if page.name not in _ELSEWHERE)
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_of_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("altair", "duckdb", "pandas", "polars", "pyarrow", "rich", "tqdm"):
        pytest.importorskip(module)
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    blocks = list(_BLOCK.finditer(text))
    assert blocks, "no code"
    for block in blocks:
        # Empty lines before it, so that a failure names the line of the page.
        before = "\n" * text.count("\n", 0, block.start(1))
        exec(compile(before + block[1], str(page), "exec"), names)
