"""What every stage stands on: clock, errors, log, redaction, shutdown, guard, ids."""
