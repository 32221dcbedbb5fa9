"""What the engine gets wrong, put right: by rewriting a query on its structure, or by refusing it."""
