"""The doors from Python into the compiled kernel."""
