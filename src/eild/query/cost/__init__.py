"""What a query may cost at most, before it is evaluated: statistics of the data, bounds of the work, verdicts."""
