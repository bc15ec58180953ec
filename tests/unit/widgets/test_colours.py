"""One place for the colours of the charts: everything else names them."""

import re
import tomllib
from pathlib import Path

from mnist_core.charts import style
from pages.widgets.shared.colours import colour_properties

PROJECT = Path(__file__).resolve().parents[3]
PALETTE = {
    getattr(style, name).lower()
    for name in ("TRAINING", "VALIDATION", "RIGHT", "WRONG", "TEST", "POSITIVE", "NEGATIVE")
} | set(style.DIGIT_COLOURS)


def test_style_sheets_and_scripts_repeat_no_colour_of_the_charts() -> None:
    files = [path for kind in ("css", "js", "html") for path in PROJECT.glob(f"pages/**/*.{kind}")]

    repeated = {
        path.name: found
        for path in files
        if (
            found := PALETTE.intersection(
                re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8").lower())
            )
        )
    }

    assert files
    assert repeated == {}


def test_every_name_that_a_style_sheet_uses_is_a_colour_or_its_own() -> None:
    declared = set(re.findall(r"(--\w+):", colour_properties()))
    shared = PROJECT / "pages" / "widgets" / "shared" / "widgets.css"
    widgets = [*PROJECT.glob("pages/widgets/*/*.css"), *PROJECT.glob("pages/widgets/*/*.js")]
    for sheet in PROJECT.glob("pages/**/*.css"):
        text = sheet.read_text(encoding="utf-8")
        # A widget sets what the sheet of all of them reads, and reads what that one sets.
        others = widgets if sheet == shared else [shared, *sheet.parent.glob("*.js")]
        known = text + "".join(path.read_text(encoding="utf-8") for path in others)
        own = set(re.findall(r"--[\w-]+(?=:|\")", known))
        used = set(re.findall(r"var\((--[\w-]+)", text))
        assert {name for name in used - declared - own if not name.startswith("--st-")} == set()


def test_the_theme_of_the_pages_has_the_colours_of_the_charts() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))[
        "theme"
    ]

    named = (style.TRAINING, style.VALIDATION, style.RIGHT, style.WRONG)
    assert tuple(theme["chartCategoricalColors"]) == named
    assert (theme["blueColor"], theme["orangeColor"], theme["greenColor"], theme["redColor"]) == (
        named
    )
    assert theme["primaryColor"] == style.TRAINING
    assert theme["violetColor"] == style.TEST
