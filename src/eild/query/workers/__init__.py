"""Query evaluation in separate processes: fork server, workers, lanes, pool."""
