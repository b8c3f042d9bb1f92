"""What answers a URL: a module for each resource."""
