"""How good search is: queries over the real records, judged by people, measured for each engine."""
