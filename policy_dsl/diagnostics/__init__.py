"""What is wrong, where, why and how to mend it: diagnostics are data, rendered last.

codes.py   the table: every code with its words
report.py  diagnostics, and the collector that passes report to
render.py  their forms: text, JSON, SARIF
"""
