"""How fast the trainer is, and how fast it could be: `python -m plusx.bench`."""
