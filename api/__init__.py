"""REST and events for people and machines, under `/api/v1`."""
