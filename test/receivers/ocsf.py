"""Holds OCSF events, one a line on stdin, to the schema of release 1.8.0 as it was published. Prints each fault; never mends.

Needs the packages of `npm run receivers`: the published schema as JSON Schema, and a validator.
"""

import json
import sys

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

VERSION = "1.8.0"
schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
validators = {}


def validator(class_uid, profiles):
    """One validator for each class and its profiles; asking for an unknown class is a fault of the event."""
    key = (class_uid, tuple(profiles))
    if key not in validators:
        name = schemas.lookup_class_name_from_uid(class_uid)
        validators[key] = Draft202012Validator(schemas.get_class_schema(name, list(profiles)))
    return validators[key]


events = 0
for number, text in enumerate(sys.stdin, 1):
    event = json.loads(text)
    events += 1
    metadata = event["metadata"]
    if metadata["version"] != VERSION:
        print(f"{number}: version {metadata['version']}")
    for error in validator(event["class_uid"], metadata.get("profiles", [])).iter_errors(event):
        where = "/".join(str(step) for step in error.absolute_path)
        print(f"{number}: {event['class_uid']} {where or '.'}: {error.message[:300]}")
print(f"{events} events", file=sys.stderr)
