"""Checks of the book itself: pure functions over notebooks and pages, no torch.

Each check takes texts or paths and returns a list of messages, empty when all is well.
A message names the notebook, the cell and what differs. The tests in the folder above
run every check over the book, and over small broken books that it has to catch.
"""
