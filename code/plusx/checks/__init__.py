"""Self-checks: after a chapter the reader meets what it refutes, as a question.

Every question of the book stands in `questions.toml`, in both languages, with a reason
for each answer. `show` ends a cell at the end of a chapter; the answers unfold without
a kernel and without a script. `python -m plusx.checks` writes them for Moodle (XML) and
for other systems (GIFT), a file for each language.
"""

from plusx.checks.element import show

__all__ = ["show"]
