"""The outside world: a folder for each service that the CRM talks to."""
