"""Registers that the law asks for: views over what the vault has; and what staff bodies said."""
