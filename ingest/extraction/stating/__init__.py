"""What sentences state of names, by rule: subject, predicate in one form, object; and to whom "the company" refers."""
