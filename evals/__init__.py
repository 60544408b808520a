"""Datasets, metrics, runs, comparisons and reports."""
