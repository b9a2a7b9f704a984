"""Reasons: a join of the formulas and the recorded values, rendered last.

explanation.py  the reasons as data: steps by id
explainer.py    makes them from a decision's values
plans.py        what steps say by the law alone, kept with an epoch
phrases.py      what reasons say of formulas and lines whatever the case, kept with a program
lines.py        which line gave a value, and which did not
leaves.py       facts, and what came over from last month
displaced.py    what an upper layer says
describe.py     a step in words
workings.py     what stands beside a formula: numbers, conversions, days
formula.py      a formula in words
numbers.py      a formula with its numbers filled in
text.py         the words as text and Markdown
html.py         as a page
data.py         the steps as JSON
summary.py      a decision in a few lines
overdue.py      figures that should have been looked at again
assumed.py      the assumptions of a decision, without its reasons
guarantees.py   guarantees that do not hold
"""
