"""A policy as pages for people: places, schemes, rules. Markdown, in Chinese and English, without script or outside parts.

places.py       what pages are made of: places, their schemes, their rules
gather.py       puts it together
relations.py    what belongs to a rule
series.py       a parameter over time
page.py         what every page needs
place_page.py   the page of a place
scheme_page.py  the page of a scheme
rule_page.py    the page of a rule
wording.py      a declaration in the words of one language
markdown.py     Markdown that says what it is given
chart.py        a parameter as a step chart
graph.py        which rule reads which, as a graph
names.py        names of pages, folders and anchors
book.py         all pages of a policy
write.py        writes them into a folder
"""
