"""What must hold before anything is posted, and the report finance reads."""
