"""How good search is: queries over the real records, judged by two judges, measured for each engine."""
