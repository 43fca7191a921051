"""Whether documents say the same as JSON and as YAML: same.py ONE.json ONE.yaml [OTHER.json OTHER.yaml …]"""

import json
import sys

import yaml

differ = False
files = iter(sys.argv[1:])
for one, other in zip(files, files):
    with open(one, encoding="utf-8") as text:
        as_json = json.load(text)
    with open(other, encoding="utf-8") as text:
        as_yaml = yaml.safe_load(text)
    # Compared as text: to Python 1 is True and 1.0, to a document it is neither.
    if json.dumps(as_json, sort_keys=True) != json.dumps(as_yaml, sort_keys=True):
        print(f"{one} and {other} do not say the same", file=sys.stderr)
        differ = True
sys.exit(differ)
