"""What every mechanism stands on: places, people, working days, money and names."""
