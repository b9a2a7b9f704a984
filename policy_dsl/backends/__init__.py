"""Ways to evaluate a program: the plain interpreter (the oracle), and generated Python: fast, recording, and for open facts.

epoch.py, calendar.py, working_days.py  the law of a day, and the days that deadlines count
values.py, possible.py                  values; what one that is not known may still be
encoding.py, entries.py                 how they lie in a case's data
formatting.py                           how values are shown
interpret/                              the interpreter
python/, schedule.py, layout.py         the emitter: code, its order, its argument and its results
directly.py, items.py                   what formulas read; what stands in results, also for what is not known
piecemeal.py                            the interpreter, asked for one rule at one entry, for open facts
left_out.py, beyond.py                  what generated code leaves to the interpreter
runtime.py                              what generated code may call, and nothing else
reading_plan.py, value_forms.py         results as values, without entries; numbers as values for people and programs
paid.py                                 the short way from results to the amounts of benefits
engine.py, compiled.py                  makes and keeps compiled functions; what they are
slices.py, some_entries.py              what is asked for, and what that needs; of some entries alone
guarantees.py                           conditions on cases, asked apart from the rules
presence.py                             who is there in a month
identity.py                             who is who from one month to the next
handover.py, parts.py                   what a month hands to the next; of benefits in parts, to who comes or is not there
payment.py                              what a month pays of a benefit, in money
standalone.py                           a policy as one Python file
"""
