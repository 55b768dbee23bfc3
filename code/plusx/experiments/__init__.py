"""The experiments behind the recorded runs: `python -m plusx.experiments NAME`.

Each module here is one experiment. It has a `CONFIG` of what is asked for, a
`run(**CONFIG)` that returns the results, and `SEEDS` and `DATA` for the provenance.
What several share is private: `_digits` (nets, training and measures on the digits),
`_characters` (the text of the Transformers), `_others` (nets that others have trained).
"""
