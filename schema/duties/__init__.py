"""Who must do what by when: declared once beside each act, kept by the gate in one table."""
