"""What people see: pages drawn from the catalog."""
