"""Models trained on the marts, tracked, their scores written back to the marts."""
