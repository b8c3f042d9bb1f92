"""The machine: runs a catalog. Fields, storage, access, records, plans, the API and the command."""
