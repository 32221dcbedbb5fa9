"""Seed texts: words, segmentation into numbered units, checksums."""
