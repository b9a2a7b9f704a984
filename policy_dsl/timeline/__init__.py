"""Histories decided month by month: what changed and why, and what was paid against what is due.

history.py       facts with dates → tracks
tracks.py        an entry over time
spells.py        dated values, and which of them lie outside a life
months.py        one month after another
courses.py       both courses, as paid and as due
ledger.py        rows and settlements
paid_amounts.py  the amounts of a history's ledger
booked.py        what the history's ledger says
arrears.py       paid against due: feeds the ledger
gone.py          what no part pays of a benefit in parts
owed.py          its rows for programs
timeline.py      the public `Timeline`
month.py         one month of it
reasons.py       why two decisions differ: asked here
causes.py        what made them differ, as data
comparing.py     finds it
coming.py        finds how somebody came or left
law_causes.py    finds what the law did
walking.py       the way down in both decisions
world.py         one of two decisions that are compared
leaves.py        what its formulas and rules read
support.py       what a value rests on
wording.py       says it
assumed.py       the assumptions that the months rest on
stays.py         how long a status has been in its state
failures.py      errors of many months, told once
stretches.py     months as stretches
rows.py          months as rows for people
forms.py         text, Markdown, HTML
picture.py       the strip of months
pickled.py       a history as a pickle holds it
"""
