"""What is stored, what is right and what is exposed: the policy as tables, rules, reads and acts."""
