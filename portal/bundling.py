"""Modules in one script, each in a scope of its own: a page opened from disk cannot load any."""

import posixpath
import re
from collections.abc import Callable, Mapping

_IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function\*? |function\*? |class |const )(\w+))", re.MULTILINE)
_EXPORTS = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*|.*(?:</script|<!--).*", re.MULTILINE | re.IGNORECASE)


def bundle(entry: str, read: Callable[[str], str], instead: Mapping[str, str]) -> str:
    """Return one script that does what the module ``entry`` does.

    ``read`` gives a module's text by its path; ``instead`` names modules that stand in for others. ValueError
    for a module in a form that this does not know, for modules that need each other, for a name not exported.
    """
    made: dict[str, _Module] = {}
    _add(entry, read, instead, made, ())
    return "".join(module.text for module in made.values())


class _Module:
    """A module as a constant that holds what it exports."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.name = "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))
        self.source = source
        self.exports = {name: name for name in _EXPORT.findall(self.source)}
        for names in _EXPORTS.findall(self.source):
            self.exports |= {outer: inner for inner, outer in _names(names)}
        self.text = ""

    def needs(self, written: str) -> str:
        """Return the path of a module by what an import calls it."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), written))

    def write(self, found: Callable[[str], "_Module"]) -> None:
        """Make the text, with every import taken from the constant of its module."""

        def taken(match: re.Match[str]) -> str:
            whole, names, written = match.groups()
            module = found(self.needs(written))
            if whole:
                return f"const {whole} = {module.name};\n"
            pairs = _names(names)
            lacking = [name for name, _ in pairs if name not in module.exports]
            if lacking:
                raise ValueError(f"{self.path} imports {lacking} from {module.path}, which has none")
            return f"const {{ {', '.join(f'{name}: {own}' for name, own in pairs)} }} = {module.name};\n"

        body = _EXPORTS.sub("", _EXPORT.sub("", _IMPORT.sub(taken, self.source)))
        if left := _LEFT_OVER.search(body):
            raise ValueError(f"{self.path} cannot be put with the others: {left.group()}")
        given = ", ".join(f"{outer}: {inner}" for outer, inner in self.exports.items())
        # Frozen and without a prototype, as the namespace of a module is.
        end = f"return Object.freeze({{ __proto__: null, {given} }});"
        self.text = f"const {self.name} = (() => {{\n{body}{end}\n}})();\n"


def _add(
    path: str,
    read: Callable[[str], str],
    instead: Mapping[str, str],
    made: dict[str, _Module],
    within: tuple[str, ...],
) -> None:
    if path in within:
        raise ValueError(f"modules need each other: {' '.join((*within, path))}")
    if path in made:
        return
    module = _Module(path, read(path))
    for _, _, written in _IMPORT.findall(module.source):
        needed = module.needs(written)
        _add(instead.get(needed, needed), read, instead, made, (*within, path))
    module.write(lambda needed: made[instead.get(needed, needed)])
    made[path] = module


def _names(names: str) -> list[tuple[str, str]]:
    """Return the pairs of ``a, b as c``: what it is called on the left, and on the right."""
    each = (name.split() for name in names.split(",") if name.strip())
    return [(parts[0], parts[-1]) for parts in each]
