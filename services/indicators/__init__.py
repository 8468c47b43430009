"""Indicators, one file each: pure functions of counted cells."""
