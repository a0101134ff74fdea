"""Questions about a run, made from the run itself, and answers to them graded.

runs             the run that is asked about, and those made beside it to know what would be different
kinds            what is asked, a module for each kind; a right answer is read off a run, never guessed
misconceptions   what people believe who choose a wrong answer
questions        a quiz as it is written down: numbers, letters, explanations
make             which questions are asked, and where the right answer stands
grade            a sheet of answers, and what it is worth
told             a quiz and a report as text
"""
