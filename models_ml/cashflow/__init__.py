"""Cash in the bank on each of the next 90 days, and whether it carries the payroll.

``forecast.forecast_cash`` is the way in. What does not belong here: reading the bank's tables, e-mail, MLflow.
"""
