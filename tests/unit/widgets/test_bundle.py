"""Modules of JavaScript as one script: what it says is checked in a browser (tests/e2e)."""

from pathlib import Path

import pytest

from pages.widgets.shared.bundle import bundle


def write(folder: Path, **modules: str) -> Path:
    for name, script in modules.items():
        (folder / f"{name}.js").write_text(script, encoding="utf-8")
    return folder / "entry.js"


def test_a_module_stands_once_and_before_all_that_need_it(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        ground="export const one = 1;\n",
        left='import { one } from "./ground.js";\nexport const left = one;\n',
        right='import { one as first } from "./ground.js";\nexport const right = first;\n',
        entry='import { left } from "./left.js";\nimport { right } from "./right.js";\n'
        "export default left + right;\n",
    )

    script = bundle(entry)

    order = [script.index(line) for line in ("one = 1", "left = one", "right = first", "left + ")]
    assert order == sorted(order)
    assert script.count("one = 1") == 1
    assert "import" not in script
    assert script.count("export") == script.count("export default") == 1


def test_comments_that_explain_stay_behind_and_code_beside_a_type_stays(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry="/* What this is.\n */\n/**\n * @param {number} a\n */\n"
        "const double = (a) => 2 * a;\n"
        "const kept = /** @type {number} */ (double(2));\n/** One line. */\n"
        "export default kept; // for a reason\n",
    )

    script = bundle(entry)

    assert "What" not in script
    assert "@param" not in script
    assert "One line" not in script
    assert "const double = (a) => 2 * a;" in script
    assert "(double(2));" in script


def test_a_circle_is_refused_and_named(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        here='import { there } from "./there.js";\nexport const here = () => there;\n',
        there='import { here } from "./here.js";\nexport const there = () => here;\n',
        entry='import { here } from "./here.js";\nexport default here;\n',
    )

    with pytest.raises(ValueError, match=r"here\.js imports itself, by way of there\.js"):
        bundle(entry)


@pytest.mark.parametrize(
    "line",
    ['import all from "./a.js";', 'import * as all from "./a.js";', "export { a };", "export * x;"],
)
def test_a_form_that_is_not_bundled_is_refused(tmp_path: Path, line: str) -> None:
    entry = write(tmp_path, entry=f"{line}\nexport default 1;\n", a="export const a = 1;\n")

    with pytest.raises(ValueError, match="is not bundled"):
        bundle(entry)
