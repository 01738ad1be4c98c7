"""What every mechanism uses: places, working days, parameters, money, names."""
