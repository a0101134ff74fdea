"""The state of a machine: one record, `WORLD`, of nested records, a noun each."""
