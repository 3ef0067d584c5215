"""Measures: actions taken on a case, what the law says about them, and who may read about them."""
