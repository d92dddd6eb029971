"""Measurements of the intake; importing a module registers what it measures."""

from exceptions.intake import bench_noise, bench_texts

__all__ = ["bench_noise", "bench_texts"]
