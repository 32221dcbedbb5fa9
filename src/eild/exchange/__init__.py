"""HTTP without a framework and without a socket: head, body, content, conditions, links, problems, metrics, log."""
