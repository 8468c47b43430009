"""Texts that some program down the road would run: formulas of spreadsheets, markup, templates, commands, SQL.

A fact's texts are identifiers and codes, which boards, sheets and reports show for ever; each of them is to escape
what it shows, and one will forget. No identifier has these forms, so what has one is refused before it is published.
Source: OWASP, CSV Injection and Injection Prevention.
"""

import re
import unicodedata
from typing import Final

from egovhub.errors import RejectedInput

_FORMULA: Final = re.compile(r"[=@]|[+-](?!\d+(?:[.,]\d+)?\Z|\Z)")
_CONSTRUCT: Final = re.compile(
    r"<[a-z/!?]"  # markup
    r"|\{\{|\{%|[$#]\{|\$\(|`"  # templates, and commands of a shell
    r"|'\s*(?:\)?\s*(?:;|--|/\*|\|\|)|(?:or|and|union)\b)|;\s*--",  # a text of SQL that ends, and SQL behind it
    re.ASCII | re.IGNORECASE,
)


def check_inert(text: str, field: str) -> None:
    """Refuse a text that has the form of something to run.

    Raises:
        RejectedInput: bad-value.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _FORMULA.match(plain) or _CONSTRUCT.search(plain):
        raise RejectedInput("bad-value", f"{field} has the form of a formula, markup or command")
