"""Clocks, working days, legal duties, retention periods and the workflow of a case."""
