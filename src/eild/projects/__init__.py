"""Projects of one's own: a new directory for one, and texts that are added to it. Nothing is ever overwritten."""
