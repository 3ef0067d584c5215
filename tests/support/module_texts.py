"""The texts in the source of a module."""

import ast


def texts(source: str) -> list[str]:
    """Return the string constants of a module, except docstrings."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare)
    return [each.value for each in constants if isinstance(each.value, str)]
