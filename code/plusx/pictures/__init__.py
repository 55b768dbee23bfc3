"""Figures and explorers that draw recorded runs."""
