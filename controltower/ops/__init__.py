"""Running it: health, metrics, logs, the supervisor, benchmarks. Finds what upper layers bring by autodiscovery."""
