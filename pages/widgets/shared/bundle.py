"""JavaScript modules as the one script that Streamlit takes for a component.

Bundled are ``import { a, b as c } from "./file.js";``, ``export`` before a declaration and, in the
entry, ``export default``. Each module keeps a scope of its own: two may use one name for different
things.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b(?! default\b).*", re.MULTILINE)
# The script travels with each drawing: types and what else is told in blocks stays at home.
_BLOCK_COMMENT = re.compile(r"^ */\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)


def bundle(entry: Path) -> str:
    """Join a module and all that it imports, each once and after what it needs itself.

    Args:
        entry: the module whose default export is the component.

    Raises:
        ValueError: modules import each other in a circle, or in a form that is not bundled.
    """
    modules: dict[Path, str] = {}

    def read(path: Path, importers: tuple[Path, ...]) -> str:
        if path in importers:
            raise ValueError(f"{path.name} imports itself, by way of {importers[-1].name}")

        def take_in(found: re.Match[str]) -> str:
            source = (path.parent / found[2]).resolve()
            if source not in modules:
                modules[source] = _in_own_scope(read(source, (*importers, path)))
            names = found[1].replace(" as ", ": ")
            return f"const {{{names}}} = module{list(modules).index(source)};"

        script = _BLOCK_COMMENT.sub("", path.read_text(encoding="utf-8"))
        script = _IMPORT.sub(take_in, script)
        if left_over := _LEFT_OVER.search(_EXPORT.sub("", script)):
            raise ValueError(f"{path.name}: “{left_over[0]}” is not bundled")
        return script

    component = _EXPORT.sub("", read(entry.resolve(), ()))
    parts = [f"const module{number} = {script};" for number, script in enumerate(modules.values())]
    return "\n".join([*parts, component])


def _in_own_scope(script: str) -> str:
    """Wrap a module into a function that is called at once and returns what it exports."""
    names = ", ".join(_EXPORT.findall(script))
    return f"(() => {{\n{_EXPORT.sub('', script)}\nreturn {{ {names} }};\n}})()"
