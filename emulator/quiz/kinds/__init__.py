"""What is asked: a module for each kind of question, all of them in `table`."""
