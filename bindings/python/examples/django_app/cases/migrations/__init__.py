"""What the tables of the host became, step by step."""
