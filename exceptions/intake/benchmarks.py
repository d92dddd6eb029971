"""Measurements of the intake; importing a module registers what it measures."""

from exceptions.intake import bench_intake, bench_noise, bench_texts

__all__ = ["bench_intake", "bench_noise", "bench_texts"]
