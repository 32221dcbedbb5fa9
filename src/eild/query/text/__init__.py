"""Reading the text of a query: tokens, the guard before the engine, outline, hints about mistakes."""
