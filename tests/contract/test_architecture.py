"""Who may import whom, where import-linter has no word for it: all that the core may import."""

import sys
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest

CORE = ("services.domain", "services.indicators")
ALLOWED = (*CORE, "egovhub.events", "egovhub.errors")


def within(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def forbidden_imports() -> set[str]:
    graph = grimp.build_graph("services", "egovhub", cache_dir=None)
    return {
        f"{module} -> {imported}"
        for module in graph.modules
        if within(module, CORE)
        for imported in graph.find_modules_directly_imported_by(module)
        if not within(imported, ALLOWED)
    }


def test_of_the_hub_the_core_imports_only_itself_events_and_errors() -> None:
    assert forbidden_imports() == set()


def test_an_import_out_of_the_core_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("services", "services/domain", "services/indicators", "egovhub"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "services" / "rules.py").touch()
    (tmp_path / "services" / "domain" / "case.py").write_text("from services import rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    for package in ("services", "egovhub"):
        monkeypatch.delitem(sys.modules, package, raising=False)
    assert forbidden_imports() == {"services.domain.case -> services.rules"}
