"""The README's table of findings, generated from the catalogue: `python tests/rules/readme.py` writes it anew."""

from __future__ import annotations

from pathlib import Path

from sshwizard.rules import catalogue

README = Path(__file__).parent.parent.parent / "README.md"
BEGIN = "<!-- findings: written by tests/rules/readme.py -->"
END = "<!-- end of the findings -->"


def with_table(text: str) -> str:
    """Return the README's text with today's table between the two marks. Raises ValueError without them."""
    before, rest = text[: text.index(BEGIN)], text[text.index(END) :]
    return f"{before}{BEGIN}\n\n{catalogue.table()}\n\n{rest}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
