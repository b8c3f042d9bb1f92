"""The language: packs of documents, read, checked, merged and compiled into a catalog."""
