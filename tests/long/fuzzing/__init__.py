"""Fuzz targets, for Hypothesis (`test_fuzz`) and atheris."""
