"""Measurements of the intake; importing a module registers what it measures."""

from exceptions.intake import bench_noise

__all__ = ["bench_noise"]
