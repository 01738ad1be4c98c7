"""Money has one home: entries, each place's credit of them, and how every sum comes about."""
