"""The composition root: settings, wiring, worker, replay, command line."""
