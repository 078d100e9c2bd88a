"""Rows: whose a thing is, and in which state. Files hold the rest."""
