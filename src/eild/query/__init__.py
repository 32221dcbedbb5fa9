"""Query engines: embedded, in separate processes, and remote; their results, and the graphs of a query's dataset."""
