"""The certificate of an edition: for each hidden count, complete counts that give it k different values.

The solver knows what an attacker knows: the rule, the thresholds, what everybody knows of the counts, and
everything ever published. It gets no exact count. Therefore a refusal reveals nothing about the hidden
counts, and the certificate does not depend on them. Each witness has one count for every cell. If these were
the true counts, the rule would have published the same edition. ``inbox/figures/checker.py`` checks this
without importing this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import z3

from inbox.figures.rule import Fact, Layout, Shown, Table, Total, needed

# A term of the solver, or a whole number.
Term: TypeAlias = Any
Witness: TypeAlias = dict[str, int]


class Narrowed(Exception):
    """The hidden count ``cell`` can have fewer than k values."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


def certify(layout: Layout, facts: Sequence[Fact], shown: Shown) -> list[Witness]:
    """Return the witnesses for all hidden counts; raises ``Narrowed``.

    Cells that depend on each other through hidden counts form a part. Each part is solved alone, and a
    complete witness joins one witness of each part. If no count is hidden, the shown counts are the witness.
    """
    need = needed(layout, shown)
    ties = [{cell} for cell in need]
    ties += [{*table.divides, *table.groups} & need.keys() for table in layout.tables]
    ties += [{*fact.few, *fact.many} & need.keys() for fact in facts]
    parts = [_Part(cells, layout, facts, shown).witnesses(need) for cells in _joined(ties)]
    known = {cell: count for cell, count in shown.items() if count is not None}
    complete = [known.copy() for _ in range(max(map(len, parts), default=1))]
    for part in parts:
        for place, witness in enumerate(complete):
            witness.update(part[place % len(part)])
    return complete


def _joined(ties: Iterable[set[str]]) -> list[set[str]]:
    """Join the ties that share a cell, and return all ties."""
    found: list[set[str]] = []
    for tie in filter(None, ties):
        touching = [each for each in found if each & tie]
        found = [each for each in found if not each & tie] + [tie.union(*touching)]
    return found


class _Part:
    """The constraints on hidden counts that depend on each other."""

    def __init__(self, cells: set[str], layout: Layout, facts: Iterable[Fact], shown: Shown) -> None:
        self._shown = shown
        # The solver's own context and the order of the layout make the witnesses the same in every run.
        context = z3.Context()
        self._counts: dict[str, Term] = {
            cell: z3.Int(cell, context) for cell in layout.cells() if cell in cells
        }
        self._solver = z3.Solver(ctx=context)
        self._solver.add([count >= 0 for count in self._counts.values()])
        self._solver.add([self._holds(fact) for fact in facts if cells & {*fact.few, *fact.many}])
        self._solver.add([self._is_hidden(total) for total in layout.totals if total.cell in cells])
        for table in layout.tables:
            if cells & {*table.divides, *table.groups}:
                self._solver.add(self._sum(table.groups) == self._sum(table.divides))
                if all(shown[cell] is not None for cell in table.divides):
                    self._solver.add(self._hides(table))

    def witnesses(self, need: Mapping[str, int]) -> list[Witness]:
        """Return witnesses in which each count has as many values as it needs; raises ``Narrowed``."""
        values: dict[str, set[int]] = {cell: set() for cell in self._counts}
        found: list[Witness] = []
        for cell in self._counts:
            while len(values[cell]) < need[cell]:
                lacking = [each for each, seen in values.items() if len(seen) < need[each] and each != cell]
                witness = self._with_new_values(cell, lacking, values)
                found.append(witness)
                for each, value in witness.items():
                    values[each].add(value)
        return found

    def _with_new_values(self, cell: str, others: Iterable[str], values: Mapping[str, set[int]]) -> Witness:
        """Return a witness with a new value for ``cell``, and for as many of the other cells as possible."""
        begun = self._solver.num_scopes()
        if not self._can_be_new(cell, values):
            raise Narrowed(cell)
        for other in others:
            self._can_be_new(other, values)
        self._solver.check()
        model = self._solver.model()
        self._solver.pop(self._solver.num_scopes() - begun)
        return {
            each: model.eval(count, model_completion=True).as_long() for each, count in self._counts.items()
        }

    def _can_be_new(self, cell: str, values: Mapping[str, set[int]]) -> bool:
        """Require a new value of ``cell`` if that is possible; return whether it is."""
        self._solver.push()
        self._solver.add([self._counts[cell] != value for value in values[cell]])
        if self._solver.check() == z3.sat:
            return True
        self._solver.pop()
        return False

    def _sum(self, cells: Iterable[str]) -> Term:
        return z3.Sum([self._counts[cell] if (n := self._shown[cell]) is None else n for cell in cells])

    def _holds(self, fact: Fact) -> Term:
        few, many = self._sum(fact.few), self._sum(fact.many)
        return few <= many if fact.is_at_most else z3.Implies(few > 0, many > 0)

    def _is_hidden(self, total: Total) -> Term:
        """Return the condition under which the rule hides a total."""
        count = self._counts[total.cell]
        return z3.Or(
            count < total.k,
            bool(total.needs) and all(self._shown[cell] is None for cell in total.needs),
            total.left(self._shown) - count < total.stay if total.out_of else False,
        )

    def _hides(self, table: Table) -> Term:
        """Return the condition under which the rule hides exactly the hidden groups of ``table``.

        The rule hides the small groups. It also hides the first ``end`` groups, for some number ``end``.
        """
        hidden = {
            place: self._counts[group]
            for place, group in enumerate(table.groups)
            if self._shown[group] is None
        }
        if not hidden:
            return True
        first_shown = next((place for place in range(len(table.groups)) if place not in hidden), len(hidden))
        small = {place: count < table.k for place, count in hidden.items()}

        def is_enough(end: int) -> Term:
            gone = {place: z3.Or(place < end, each) for place, each in small.items()}
            return z3.And(
                gone.get(0, False),
                z3.Sum([z3.If(gone[place], count, 0) for place, count in hidden.items()]) >= 2 * table.k - 1,
            )

        ends = [
            z3.And(
                *(small[place] for place in hidden if place >= end),
                end == len(table.groups) or is_enough(end),
                end == 0 or z3.Not(is_enough(end - 1)),
            )
            for end in range(first_shown + 1)
        ]
        return z3.And(z3.Or(list(small.values())), z3.Or(ends))
