"""Cases written beside the rules, and cases drawn.

run.py               runs the 案例 of a policy
guarantees.py        tries guarantees on one case
generate.py          generated cases, and the smallest for each problem
case.py              a case as data
thresholds.py        where a policy may turn
value_strategies.py  what is drawn for one value
case_strategies.py   what is drawn for a case and its last month
shrink.py            what a case may do without
"""
