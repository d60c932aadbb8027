"""The `train` extra: train, evaluate, quantise, export; torch lives here only."""
