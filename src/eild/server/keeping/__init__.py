"""Answers that are kept in memory: of each HTTP process, and handed from one to the others."""
