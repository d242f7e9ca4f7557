"""The look-alike of the United States Postal Service: its REST APIs of version 3, OAuth2, dollars, pounds and inches.

Labels are for one piece each and only within the United States; it sells as many as it is asked for and takes one back
by its tracking number. Labels come as several parts of one answer, or as JSON to who accepts that. Nothing is told by
webhook: callers ask.
"""
