"""Reads OTLP documents in JSON, one a line on stdin, by the classes that are made from the published definitions.

Prints each fault, then what was read as one line of JSON; needs the packages of `npm run receivers`.
"""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
read = {"spans": 0, "records": 0, "ids": []}


def with_bytes(value, number):
    """OTLP's JSON has ids in hexadecimal where protobuf's own has base64."""
    if isinstance(value, list):
        return [with_bytes(each, number) for each in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, each in value.items():
        if key in IDS:
            raw = bytes.fromhex(each)
            if len(raw) != IDS[key] or not any(raw):
                print(f"{number}: {key} has {len(raw)} bytes, or none that is set")
            each = base64.b64encode(raw).decode()
        else:
            each = with_bytes(each, number)
        out[key] = each
    return out


def text_of(attributes, name):
    return [one.value.string_value for one in attributes if one.key == name]


for number, line in enumerate(sys.stdin, 1):
    document = with_bytes(json.loads(line), number)
    request = ExportTraceServiceRequest() if "resourceSpans" in document else ExportLogsServiceRequest()
    try:
        json_format.ParseDict(document, request)
    except json_format.ParseError as error:
        print(f"{number}: {error}")
        continue
    again = type(request).FromString(request.SerializeToString())
    for resource in getattr(again, "resource_spans", []):
        for scope in resource.scope_spans:
            for span in scope.spans:
                read["spans"] += 1
                if not span.name or span.end_time_unix_nano < span.start_time_unix_nano or span.start_time_unix_nano == 0:
                    print(f"{number}: span {span.name!r} from {span.start_time_unix_nano} to {span.end_time_unix_nano}")
    for resource in getattr(again, "resource_logs", []):
        for scope in resource.scope_logs:
            for record in scope.log_records:
                read["records"] += 1
                read["ids"] += text_of(record.attributes, "gatelog.id")
                if record.time_unix_nano == 0 or not record.body.string_value or not record.event_name:
                    print(f"{number}: a record without time, name or body")

print(json.dumps(read), file=sys.stderr)
