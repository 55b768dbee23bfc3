"""The experiments behind the recorded runs: `python -m plusx.experiments NAME`.

Each module here is one experiment. It has a `CONFIG` of what is asked for, a
`run(config)` that returns the results, and `SEEDS` and `DATA` for the provenance.
"""
