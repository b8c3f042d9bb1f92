"""Where records are kept: one database, real tables made from the catalog, and the system's own."""
