"""What to compute: formulas with types, units resolved, sources kept. Plain tuples of the standard library.

nodes.py          the intermediate form
traverse.py       walks over formulas
later.py          what is read when it is asked for
build/            makes the program of the model
bodies/           opens dated blocks and tables into plain lines
elaborate/        makes typed formulas of written expressions
examples.py       案例
guarantees.py     保证
outside.py        what list functions read outside of their lists
births.py         which fact is a birth, which a death
identities.py     which fact says who somebody is
displaced.py      原值
memory.py         what entries carry from month to month
parts.py          按月发, 按季发
periods.py        what an amount of money is per
carried_grids.py  how fine that is
conditions.py     conditions on cases as a program of their own
in_force.py       what is in force on a day
bounds.py         how small, large and fine amounts can be
disjoint.py       whether two conditions can hold together
"""
