"""What a program must keep before it may run.

check.py     benefits in whole 分, circles of parameters; asks for gaps and sizes
law.py       what is in force and reads what is not
days.py      sets of days, and conditions that the day itself settles
one_off.py   money without a period, and when it is paid
gaps.py      cases that no line of a rule covers
statuses.py  what a 阶段 must keep
sizes.py     how large every number can be
recovery.py  追回 beside a 补发 that leaves nothing to take back
figures.py   keys that never have a value, parameters that nothing reads
stepped.py   exceptions of upper layers that a lower one comes before
compiled.py  rules that are left to the interpreter
layers.py    what one layer's values do to another's
"""
