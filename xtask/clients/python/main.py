"""Calls every operation of the services: main.py GREETINGS_URL TODO_URL TODO_WITH_PROBLEM_DETAILS_URL"""

import os
import sys

import call_greetings
import call_problem
import call_todo

greetings_url, todo_url, problem_url = sys.argv[1:]
call_greetings.call(greetings_url, os.environ["GREETINGS_KEY"])
call_todo.call(todo_url, os.environ["TODO_KEY"])
call_problem.call(problem_url, os.environ["TODO_KEY"])
print("Python: the response of every operation has its type")
